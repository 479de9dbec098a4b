/** Seeds as the sampler takes them: 32 bits, without the one value that means "draw one yourself". */

const SPAN = 2 ** 32;
/** llama.cpp reads this value as "use a random seed". */
const RANDOM = 0xffffffff;

/** Folds any whole number into the sampler's range; equal numbers stay equal. */
export function toSamplerSeed(seed: number): number {
  const folded = ((seed % SPAN) + SPAN) % SPAN;
  return folded === RANDOM ? RANDOM - 1 : folded;
}
