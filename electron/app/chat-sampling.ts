/** How answers in the chat pane and in the terminal are sampled. */
import type { ModelInfo } from '../ipc/snapshot.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../protocol/generate.ts';

/**
 * The test model answers greedily: it is there to be checked, so the same question gets the same answer on every
 * computer.
 */
export function chatSampling(model: ModelInfo | null): Sampling {
  return model?.isStarter === true ? { ...DEFAULT_SAMPLING, temperature: 0 } : DEFAULT_SAMPLING;
}
