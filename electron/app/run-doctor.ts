/** `lull doctor`: what each check found, and device, memory, layers and backend of the engine with their reasons. */
import type { Check } from '../ipc/doctor.ts';
import type { Candidate, EngineState } from '../ipc/snapshot.ts';
import { toAppError } from '../platform/app-error.ts';
import type { LullNode } from './compose-node.ts';
import { doctorChecks } from './doctor-checks.ts';
import type { GatherFacts } from './doctor-facts.ts';
import { tellSteps } from './tell-steps.ts';
import { describeFailure, EXIT, type Terminal } from './terminal.ts';

const BYTES_PER_MEBIBYTE = 2 ** 20;

/** Loads the current model as a question would, so that what it reports was seen and not assumed. */
export async function runDoctor(
  node: LullNode,
  terminal: Terminal,
  json: boolean,
  facts: GatherFacts,
): Promise<number> {
  const stopTelling = tellSteps(node.hub, terminal);
  let failure: ReturnType<typeof toAppError> | null = null;
  try {
    await node.start();
    await node.preparation.ready();
    await node.loadModel();
  } catch (error) {
    failure = toAppError(error);
    terminal.tell(describeFailure(failure));
  } finally {
    stopTelling();
  }
  const found = await facts(true);
  const snapshot = node.hub.snapshot();
  const { app, engine, model } = snapshot;
  const checks = doctorChecks(snapshot, found);
  if (json) {
    const ok = failure === null;
    const { current } = model;
    terminal.print(
      JSON.stringify({ ok, failure: failure?.code ?? null, app, engine, model: current, checks }),
    );
  } else {
    for (const line of report(engine, model.current?.name ?? 'none')) terminal.print(line);
    for (const line of checkLines(checks)) terminal.print(line);
  }
  return failure ? EXIT.failed : EXIT.ok;
}

function report(engine: EngineState, modelName: string): string[] {
  const chosen = engine.candidates.find(({ state }) => state === 'chosen');
  const { device, layersOffloaded, layersTotal } = engine;
  return [
    `Backend   ${engine.backend ?? 'none'}${chosen ? `: ${chosen.why}` : ''}`,
    `Device    ${device ? `${device.name} (${device.kind}), ${memory(device.memoryBytes)}` : 'none'}`,
    `Model     ${modelName}`,
    `Layers    ${layersOffloaded ?? 0} of ${layersTotal ?? '?'} on the device`,
    `Threads   ${engine.threads ?? '?'}`,
    `Context   ${engine.contextTokens ?? '?'} tokens, ${engine.sequences ?? '?'} answers side by side`,
    '',
    'Tried:',
    ...engine.candidates.map(line),
  ];
}

/** One line each, with what can be done under it. */
function checkLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = checks.flatMap(({ title, state, proof, fix }) => [
    `  ${title.padEnd(width)}  ${state.padEnd(9)}  ${proof}`,
    ...(fix && state !== 'ok' ? [`  ${' '.repeat(width + 13)}In the window: ${fix.label}.`] : []),
  ]);
  return ['', 'Checks:', ...lines];
}

function line({ backend, device, state, tokensPerSecond, why }: Candidate): string {
  const speed = tokensPerSecond === null ? '' : `, ${tokensPerSecond.toFixed(0)} tok/s`;
  return `  ${backend.padEnd(7)} ${state.padEnd(8)} ${device?.name ?? 'no device'}${speed}. ${why}`;
}

function memory(bytes: number | null): string {
  return bytes === null ? 'memory unknown' : `${(bytes / BYTES_PER_MEBIBYTE).toFixed(0)} MiB`;
}
