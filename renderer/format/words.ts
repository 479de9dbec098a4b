/** Names and states as words. */
import type { BackendName, Candidate, Device, EngineState } from '../../electron/ipc/snapshot.ts';

const BACKENDS: Readonly<Record<BackendName, string>> = {
  metal: 'Metal',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  cpu: 'CPU',
};

export function backendName(backend: BackendName): string {
  return BACKENDS[backend];
}

const ENGINE_STATES: Readonly<Record<EngineState['state'], string>> = {
  unprobed: 'Not tested yet',
  probing: 'Testing this computer',
  asleep: 'Asleep; the next question wakes it',
  loading: 'Loading the model',
  ready: 'Ready',
  working: 'Answering',
  failed: 'Stopped by a failure',
};

export function engineStateName(state: EngineState['state']): string {
  return ENGINE_STATES[state];
}

const SHORT_ENGINE_STATES: Readonly<Record<EngineState['state'], string>> = {
  ...ENGINE_STATES,
  asleep: 'Asleep',
  loading: 'Loading',
  probing: 'Testing',
  failed: 'Stopped',
};

/** Beside the title of a chat, where there is little room. */
export function shortEngineState(state: EngineState['state']): string {
  return SHORT_ENGINE_STATES[state];
}

const KINDS: Readonly<Record<Device['kind'], string | null>> = {
  discrete: 'graphics card',
  integrated: 'integrated graphics',
  software: 'software device',
  cpu: 'processor',
  unknown: null,
};

/** For example `llvmpipe (software device)`. */
export function deviceName(device: Device): string {
  const kind = KINDS[device.kind];
  return kind === null ? device.name : `${device.name} (${kind})`;
}

const RESULTS: Readonly<Record<Candidate['state'], string>> = {
  chosen: 'In use',
  works: 'Works',
  failed: 'Failed',
  skipped: 'Skipped',
};

export function candidateResult(state: Candidate['state']): string {
  return RESULTS[state];
}
