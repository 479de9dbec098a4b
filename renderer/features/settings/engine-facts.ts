/** How the engine runs, as names and values. */
import type { Candidate, EngineState, ExternalServer } from '../../../electron/ipc/snapshot.ts';
import { formatCount, formatMemory, formatPercent } from '../../format/numbers.ts';
import { serverName } from '../../format/server-words.ts';
import { backendName, deviceName, engineStateName } from '../../format/words.ts';
import type { Fact } from '../../ui/Facts.tsx';

export function engineFacts(engine: EngineState): readonly Fact[] {
  const { device, sequences } = engine;
  return [
    { name: 'State', value: stateLine(engine) },
    { name: 'Backend', value: engine.backend === null ? null : backendName(engine.backend) },
    { name: 'Device', value: device === null ? null : deviceName(device) },
    {
      name: 'Device memory',
      value: device?.memoryBytes == null ? null : formatMemory(device.memoryBytes),
    },
    { name: 'Layers on the device', value: layers(engine.layersOffloaded, engine.layersTotal) },
    { name: 'Threads', value: engine.threads === null ? null : String(engine.threads) },
    {
      name: 'Context',
      value: engine.contextTokens === null ? null : contextLine(engine.contextTokens, sequences),
    },
    { name: 'Why', value: engine.candidates.find(({ state }) => state === 'chosen')?.why ?? null },
  ];
}

/** What another server runs on is its own affair. */
export function serverFacts(engine: EngineState, server: ExternalServer): readonly Fact[] {
  const { contextTokens, sequences } = engine;
  return [
    { name: 'Answers come from', value: serverName(server) },
    {
      name: 'Context',
      value: contextTokens === null ? null : contextLine(contextTokens, sequences),
    },
    { name: 'Why', value: 'You chose it under Another server' },
  ];
}

function stateLine({ state, loadProgress }: EngineState): string {
  const share =
    state === 'loading' && loadProgress !== null ? `, ${formatPercent(loadProgress)}` : '';
  return `${engineStateName(state)}${share}`;
}

function contextLine(tokens: number, sequences: number | null): string {
  const each = `${formatCount(tokens)} tokens`;
  return sequences === null || sequences === 1
    ? each
    : `${each} in each of ${String(sequences)} places`;
}

/** For example `8 of 9`. */
export function layers(
  offloaded: Candidate['layersOffloaded'],
  total: Candidate['layersTotal'],
): string | null {
  if (offloaded === null || total === null) return null;
  return `${String(offloaded)} of ${String(total)}`;
}
