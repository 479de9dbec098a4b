/** A real edge process in front of the real gateway and a prompted engine, listening on a free port. */
import { createHash } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { createEdge, type Edge } from '../../electron/edge/edge-supervisor.ts';
import type { EdgeState } from '../../electron/edge/ports.ts';
import { createGateway } from '../../electron/gateway/gateway.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { createCountingEmbedder } from './counting-embedder.ts';
import { createForkedChildren } from './fork-child.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { createPromptedEngine, type PromptedEngine } from './prompted-engine.ts';

export const TOKEN = `lull-${'t'.repeat(43)}`;
export const TOKEN_HASH = createHash('sha256').update(TOKEN).digest('hex');

export interface RunningEdge {
  readonly edge: Edge;
  readonly port: number;
  readonly engine: PromptedEngine;
  readonly log: MemoryLog;
  /** The newest edge process. */
  process(): ChildProcess;
  /** Resolves at the next change to this state. */
  nextState(state: EdgeState['state']): Promise<EdgeState>;
}

export async function startRunningEdge(): Promise<RunningEdge> {
  const engine = createPromptedEngine();
  const forks = createForkedChildren('edge');
  const log = createMemoryLog();
  const watchers = new Set<(state: EdgeState) => void>();
  const model = { id: '/models/small.gguf', name: 'Small 1B', fingerprint: 'test-1' };
  const gateway = createGateway({
    engine,
    embedder: createCountingEmbedder(),
    currentModel: () => model,
    clock: systemClock,
  });
  const edge = createEdge(
    { spawn: forks.spawn, clock: systemClock, log },
    {
      ...gateway,
      stateChanged: (state) => {
        for (const watcher of watchers) watcher(state);
      },
    },
  );
  const { port } = await edge.listen({ port: 0, tokenHash: TOKEN_HASH });
  return {
    edge,
    port,
    engine,
    log,
    process() {
      const child = forks.processes.at(-1);
      if (!child) throw new Error('no edge process was started');
      return child;
    },
    nextState: (wanted) =>
      new Promise((resolve) => {
        const watcher = (state: EdgeState): void => {
          if (state.state !== wanted) return;
          watchers.delete(watcher);
          resolve(state);
        };
        watchers.add(watcher);
      }),
  };
}
