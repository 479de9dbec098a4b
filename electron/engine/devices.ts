/** What kind of device a backend found, read from its name and from what the backend says about it. */
import type { BackendName, Device } from '../ipc/snapshot.ts';

export interface FoundDevice {
  readonly name: string;
  /** Null where the backend does not say. */
  readonly memoryBytes: number | null;
  /** Whether it shares the computer's memory; null where the backend does not say. */
  readonly sharesMemory: boolean | null;
  /** The backend itself calls it a processor that pretends to be a GPU. */
  readonly isProcessor: boolean;
}

/** Renderers that run on the CPU, as they name themselves. */
const SOFTWARE =
  /llvmpipe|lavapipe|swiftshader|softpipe|software rasterizer|microsoft basic render/i;

export function classifyDevice(backend: BackendName, found: FoundDevice): Device {
  return { name: found.name, kind: kindOf(backend, found), memoryBytes: found.memoryBytes };
}

function kindOf(backend: BackendName, found: FoundDevice): Device['kind'] {
  if (backend === 'cpu') return 'cpu';
  if (found.isProcessor || SOFTWARE.test(found.name)) return 'software';
  if (found.sharesMemory === null) return backend === 'cuda' ? 'discrete' : 'unknown';
  return found.sharesMemory ? 'integrated' : 'discrete';
}

const RANK: Readonly<Record<Device['kind'], number>> = {
  discrete: 0,
  integrated: 1,
  unknown: 2,
  cpu: 3,
  software: 4,
};

/** Smaller is tried and preferred first. */
export function deviceRank(kind: Device['kind']): number {
  return RANK[kind];
}

/** Lines of llama.cpp's log from which the truth about devices and layers is read. */
const VULKAN_DEVICE = /^ggml_vulkan: \d+ = .*\| uma: (\d)/;
const PROCESSOR = /Device type is CPU/;
const OFFLOADED = /offloaded (\d+)\/(\d+) layers to GPU/;

export interface LogFacts {
  readonly sharesMemory: boolean | null;
  readonly isProcessor: boolean;
  readonly layers: { readonly offloaded: number; readonly total: number } | null;
}

export const NO_LOG_FACTS: LogFacts = { sharesMemory: null, isProcessor: false, layers: null };

export function readLogLine(facts: LogFacts, line: string): LogFacts {
  const device = VULKAN_DEVICE.exec(line);
  if (device) return { ...facts, sharesMemory: device[1] === '1' };
  if (PROCESSOR.test(line)) return { ...facts, isProcessor: true };
  const layers = OFFLOADED.exec(line);
  if (layers)
    return { ...facts, layers: { offloaded: Number(layers[1]), total: Number(layers[2]) } };
  return facts;
}
