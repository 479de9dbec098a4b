/** What there is to say about the engine: the part of its state that the supervisor knows. */
import type { EngineState } from '../ipc/snapshot.ts';
import type { EnginePlan } from './engine-plan.ts';
import type { LoadReport } from './messages.ts';

/** The rest of `EngineState` comes from the probe. */
export type EngineSummary = Omit<EngineState, 'state' | 'candidates'> & {
  readonly state: Extract<
    EngineState['state'],
    'asleep' | 'loading' | 'ready' | 'working' | 'failed'
  >;
};

const ASLEEP: EngineSummary = {
  state: 'asleep',
  loadProgress: null,
  backend: null,
  device: null,
  layersOffloaded: null,
  layersTotal: null,
  threads: null,
  contextTokens: null,
  sequences: null,
  speculation: 'off',
  failure: null,
};

/** What is known of an engine before it runs. */
export function asleep(plan: EnginePlan | null): EngineSummary {
  if (plan === null) return ASLEEP;
  const { backend, device, threads, sequences } = plan;
  return { ...ASLEEP, backend, device, threads, sequences };
}

export function loaded(plan: EnginePlan, report: LoadReport): EngineSummary {
  const name = report.deviceNames.join(', ');
  const found = { name, kind: 'unknown', memoryBytes: report.deviceMemoryBytes } as const;
  return {
    state: 'ready',
    loadProgress: null,
    backend: plan.backend,
    device: plan.device ?? (name === '' ? null : found),
    layersOffloaded: report.layersOffloaded,
    layersTotal: report.layersTotal,
    threads: report.threads,
    contextTokens: report.contextTokens,
    sequences: report.sequences,
    speculation: report.speculation ?? 'off',
    failure: null,
  };
}
