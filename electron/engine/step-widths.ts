/** What reading so many prompt tokens at once takes, from the widths that were tried lately. */

export interface WidthCost {
  readonly tokens: number;
  /** Of the last steps of this width, newest last. */
  readonly ms: readonly number[];
}

/** One for each width, narrow ones first. */
export type WidthCosts = readonly WidthCost[];

export const NO_WIDTHS: WidthCosts = [];

const REMEMBERED = 5;
/** One slow step is chance, two in a row are not. */
const RECENT = 3;
const SURE = 2;
/** A computer that has become so many times as slow or as fast is another one: what it took before says nothing. */
const ANOTHER = 2;

/** @param ms that a step of this width took */
export function withWidth(costs: WidthCosts, tokens: number, ms: number): WidthCosts {
  const before = costs.find((each) => each.tokens === tokens)?.ms ?? [];
  const samples = [...before, ms].slice(-REMEMBERED);
  if (isAnother(samples)) return [{ tokens, ms: samples.slice(-SURE) }];
  const others = costs.filter((each) => each.tokens !== tokens);
  return [...others, { tokens, ms: samples }].sort((a, b) => a.tokens - b.tokens);
}

function isAnother(samples: readonly number[]): boolean {
  const before = samples.slice(0, -SURE);
  if (before.length === 0) return false;
  const usual = median(before);
  const now = samples.slice(-SURE);
  return now.every((ms) => ms > usual * ANOTHER) || now.every((ms) => ms < usual / ANOTHER);
}

/**
 * Milliseconds. One step of a width may have been slow by chance, as the first after a start is, which brings the weights
 * in: until there are two, it costs no more than its neighbours let expect.
 */
export function costOf(costs: WidthCosts, tokens: number): number {
  const own = costs.find((each) => each.tokens === tokens);
  if (own === undefined) return expected(costs, tokens);
  const others = costs.filter((each) => each !== own);
  if (own.ms.length >= SURE || others.length === 0) return msOf(own);
  return Math.min(msOf(own), expected(others, tokens));
}

/**
 * A width that was not tried is on the line between its neighbours. Above all that were tried it is half way between
 * the line through the last two and as much for each token as the last: later pieces of a prompt cost more, so that the
 * line alone says too little. Below, it costs as much for each.
 */
function expected(costs: WidthCosts, tokens: number): number {
  const above = costs.find((each) => each.tokens > tokens);
  const below = costs.filter((each) => each.tokens < tokens);
  const last = below.at(-1);
  if (last === undefined) return above === undefined ? 0 : (msOf(above) * tokens) / above.tokens;
  const share = (msOf(last) * tokens) / last.tokens;
  if (above !== undefined) return onLine(last, above, tokens);
  const first = below.at(-2);
  return first === undefined ? share : (share + Math.min(share, onLine(first, last, tokens))) / 2;
}

function onLine(one: WidthCost, other: WidthCost, tokens: number): number {
  const slope = Math.max(0, (msOf(other) - msOf(one)) / (other.tokens - one.tokens));
  return msOf(one) + slope * (tokens - one.tokens);
}

/** Slower counts at once, faster when it has stayed. */
function msOf({ ms }: WidthCost): number {
  return Math.max(median(ms), median(ms.slice(-RECENT)));
}

/** The lower one of two in the middle: an even number says nothing against the faster one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
