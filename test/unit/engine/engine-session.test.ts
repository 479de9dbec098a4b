import { expect, test } from 'vitest';
import { startEngineSession } from '../../../electron/engine/engine-session.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren } from '../../fakes/scripted-child.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

test('a request to a session that has just closed fails with the reason instead of waiting', () => {
  const { spawn } = createScriptedChildren();
  const session = startEngineSession(
    { spawn, clock: createManualClock(), log: createMemoryLog() },
    {
      ...{ modelPath: '/models/one.gguf', modelVersion: '1', backend: 'cpu', deviceIndex: null },
      ...{ device: null, threads: 1, isBackground: false, sequences: 1, contextTokens: null },
    },
    null,
    { silenceMs: 5000 },
    { onProgress: () => undefined, onLoaded: () => undefined, onClosed: () => undefined },
  );
  session.close(new AppError('engine-restarted'));
  const codes: string[] = [];
  session.generate(
    {
      turns: [{ role: 'user', text: 'hi' }],
      sampling: DEFAULT_SAMPLING,
      maxTokens: 1,
      stop: [],
    },
    { onEvent: () => undefined, onError: ({ code }) => codes.push(code) },
  );
  expect(codes).toEqual(['engine-restarted']);
});
