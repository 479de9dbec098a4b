/** Probabilities as they are hashed and sent: whole thousandths that fit in four bytes. */
import type { TokenLogprob } from '../protocol/generate.ts';
import type { StreamPart, TopLogprobs } from '../protocol/relay-hash.ts';

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** Rounded to the nearest thousandth of a nat; what is no number, or too far away to write down, is the least there is. */
export function toMilliNats(logprob: number): number {
  const milli = Math.round(logprob * 1000);
  if (!(milli >= INT32_MIN)) return INT32_MIN;
  // Adding zero makes of a minus zero a plain one, which is what arrives at the other end.
  return Math.min(milli, INT32_MAX) + 0;
}

/** @param most as many as were asked for */
export function toTopLogprobs(
  logprobs: readonly TokenLogprob[],
  most: number,
): readonly TopLogprobs[] {
  return logprobs.map(({ top }) => {
    const best = top.slice(0, most);
    return {
      ids: best.map(({ id }) => id),
      milliNats: best.map(({ logprob }) => toMilliNats(logprob)),
    };
  });
}

/** Tokens of a part without the probabilities that were asked for, and probabilities that nobody asked for. */
export function logprobFaults({ tokenIds, logprobs = [] }: StreamPart, asked: number): number {
  const unfit = logprobs.filter(({ ids }) => ids.length === 0 || ids.length > asked).length;
  const wanted = asked === 0 ? 0 : tokenIds.length;
  return unfit + Math.abs(wanted - logprobs.length);
}
