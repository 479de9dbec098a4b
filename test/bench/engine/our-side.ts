/** Lull's engine as the app runs it: a process of its own, reached through its supervisor. */
import { createEngineSupervisor } from '../../../electron/engine/engine-supervisor.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { cpuMsOf } from './cpu-time.ts';
import { NOTHING, type Ask, type EngineShape, type Side, type Written } from './side.ts';

const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };

export interface OurSide extends Side {
  /** As many as the engine runs with, after it has measured for itself. */
  readonly threads: number;
}

/** @throws AppError when the model cannot be loaded */
export async function startOurs(shape: EngineShape): Promise<OurSide> {
  const children = createForkedChildren('engine');
  const engine = createEngineSupervisor({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
  });
  const plan = { modelVersion: '1', deviceIndex: null, device: null } as const;
  engine.use({ ...shape, ...plan, isBackground: false });
  await engine.load();

  return {
    name: 'ours',
    threads: engine.summary().threads ?? shape.threads,
    async ask(ask) {
      let written: Written = NOTHING;
      const { turns, maxTokens } = ask;
      const request = { turns, maxTokens, sampling: GREEDY, stop: [] };
      for await (const event of engine.generate(request, ask.signal ?? NEVER)) {
        if (event.type === 'tokens') written = told(written, event, ask);
        if (event.type !== 'end') continue;
        const { prompt: promptTokens, cached: cachedTokens } = event.counts;
        written = { ...written, promptTokens, cachedTokens, endMs: performance.now() };
      }
      return written;
    },
    cpuMs: () => cpuMsOf(engine.pid),
    async stop() {
      engine.dispose();
      await children.dispose();
    },
  };
}

const NEVER = new AbortController().signal;

function told(
  before: Written,
  { text, tokenIds }: { readonly text: string; readonly tokenIds: readonly number[] },
  ask: Ask,
): Written {
  ask.onTokens?.(tokenIds.length);
  return {
    ...before,
    text: before.text + text,
    tokens: before.tokens + tokenIds.length,
    firstMs: Math.min(before.firstMs, performance.now()),
  };
}
