/** How answers in the chat pane and in the terminal are sampled. */
import type { ModelInfo } from '../ipc/snapshot.ts';
import { STARTER_FILE } from '../models/starter-golden.ts';
import { DEFAULT_SAMPLING, type Sampling } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';

/**
 * The test model answers greedily: it is there to be checked, so the same question gets the same answer on every
 * computer.
 */
const TEST_SAMPLING: Sampling = { ...DEFAULT_SAMPLING, temperature: 0 };

export function chatSampling(model: ModelInfo | null): Sampling {
  return model?.isStarter === true ? TEST_SAMPLING : DEFAULT_SAMPLING;
}

/** The same for a model somewhere else, of which only the file's hash is known. */
export function chatSamplingFor(ggufSha256: Hex): Sampling {
  return ggufSha256 === `0x${STARTER_FILE.sha256}` ? TEST_SAMPLING : DEFAULT_SAMPLING;
}
