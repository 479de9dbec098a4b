/** The environment of a process that runs a model: which device it may see, and room to work. */
import type { BackendName } from '../ipc/snapshot.ts';

/** Decoding, sampling and loading share this pool with file access; the default of 4 is too few. */
const UV_THREADS = '16';

/** Folders of installed packs by the name of the package, `linux-x64-cuda` for example. */
export type Packs = Readonly<Record<string, string>>;

/** Holds them as JSON, for a process that may need one. */
export const PACKS_VARIABLE = 'LULL_PACKS';

/** Tells an engine process to run behind everything else. */
export const BACKGROUND_ARGUMENT = '--background';

/**
 * @param deviceIndex counted as the backend itself counts; null leaves the choice to it
 * @param packs that hold binaries which do not come with Lull
 */
export function engineEnv(
  backend: BackendName,
  deviceIndex: number | null,
  packs: Packs = {},
): Readonly<Record<string, string>> {
  // Also when there are none: what Lull itself was started with is no place for binaries.
  const base = { UV_THREADPOOL_SIZE: UV_THREADS, [PACKS_VARIABLE]: JSON.stringify(packs) };
  if (deviceIndex === null) return base;
  const index = String(deviceIndex);
  switch (backend) {
    case 'vulkan':
      return { ...base, GGML_VK_VISIBLE_DEVICES: index };
    case 'cuda':
      // Without the order, CUDA sorts by its own idea of speed and an index means nothing lasting.
      return { ...base, CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: index };
    case 'metal':
    case 'cpu':
      return base;
  }
}
