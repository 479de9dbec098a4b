/**
 * Lull's own sampler, `lull-1`: the same token from the same logits, seed and place on every computer, so that an
 * answer can be checked token by token by whoever has the model.
 *
 * 1. Penalties as the OpenAI API defines them: a token that the answer already holds `n` times loses
 *    `n * frequencyPenalty + presencePenalty` of its logit.
 * 2. Candidates: the 40 with the highest logit, or `topK` when that is 1 to 40; of equals the lower id.
 * 3. `topP`: the fewest of them, best first, whose probabilities (a softmax over the candidates) reach it; one at least.
 * 4. `minP`: those whose probability is at least `minP` times the best one's.
 * 5. Each gets the score `(logit - best logit) / temperature + g` with `g = -ln(-ln u)`; the highest wins, of
 *    equals the lower id. `u = max(1, k) / 2^53`, where `k` is the first 53 bits of the SHA-256 of twelve bytes: the
 *    seed, the token's place in the answer (the first is 0) and its id, four bytes each, unsigned, big-endian.
 *
 * Temperature 0 takes the candidate with the highest logit. All arithmetic is in doubles.
 *
 * What is drawn is a sample of the distribution that the first four steps leave at that temperature (the Gumbel-max
 * trick), and how far the winner was ahead shows an auditor whether a difference of rounding may have turned it.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Sampling } from './generate.ts';

/** Stands in the profile of an engine that samples so. */
export const SAMPLER_NAME = 'lull-1';
/** No more are ever looked at: an auditor needs no more logits than these. */
export const MAX_CANDIDATES = 40;

export interface Candidate {
  readonly id: number;
  /** Or its logarithmic probability: a constant that is added to all of them changes nothing. */
  readonly logit: number;
}

export interface ScoredCandidate {
  readonly id: number;
  readonly score: number;
}

/** Where a token is drawn. */
export interface Draw {
  /** 0 to 2^32 - 1. */
  readonly seed: number;
  /** How many tokens the answer holds already. */
  readonly position: number;
}

export type Penalties = Pick<Sampling, 'frequencyPenalty' | 'presencePenalty'>;
export type Filters = Pick<Sampling, 'temperature' | 'topP' | 'topK' | 'minP'>;

/** How many candidates a sampling looks at. */
export function candidateCount({ topK }: Pick<Filters, 'topK'>): number {
  return topK > 0 ? Math.min(topK, MAX_CANDIDATES) : MAX_CANDIDATES;
}

/** Step 1. @param counts how often the answer holds each token already */
export function penalised(
  candidates: readonly Candidate[],
  counts: ReadonlyMap<number, number>,
  { frequencyPenalty, presencePenalty }: Penalties,
): readonly Candidate[] {
  return candidates.map((candidate) => {
    const count = counts.get(candidate.id) ?? 0;
    if (count === 0) return candidate;
    return {
      id: candidate.id,
      logit: candidate.logit - count * frequencyPenalty - presencePenalty,
    };
  });
}

/**
 * Steps 2 to 5: those that may be drawn, the drawn one first, each with its score. At temperature 0 the only one
 * left is the best, with score 0.
 * @param candidates penalised, in any order; the whole vocabulary or as many of the best as are looked at
 * @throws RangeError without any candidate, or for a seed or position that four bytes do not hold
 */
export function scoreCandidates(
  candidates: readonly Candidate[],
  filters: Filters,
  draw: Draw,
): readonly ScoredCandidate[] {
  const kept = filtered(candidates, filters);
  const [best] = kept;
  if (best === undefined) throw new RangeError('there is no token to draw from');
  if (filters.temperature <= 0) return [{ id: best.id, score: 0 }];
  const place = startPlace(draw);
  return kept
    .map(({ id, logit }) => ({
      id,
      score: (logit - best.logit) / filters.temperature + gumbel(place, id),
    }))
    .sort((a, b) => b.score - a.score || a.id - b.id);
}

/** The token that is drawn. @throws RangeError as `scoreCandidates` */
export function drawToken(candidates: readonly Candidate[], filters: Filters, draw: Draw): number {
  const [drawn] = scoreCandidates(candidates, filters, draw);
  if (drawn === undefined) throw new RangeError('there is no token to draw from');
  return drawn.id;
}

function filtered(candidates: readonly Candidate[], filters: Filters): readonly Candidate[] {
  const sorted = [...candidates].sort((a, b) => b.logit - a.logit || a.id - b.id);
  const kept = sorted.slice(0, candidateCount(filters));
  const best = kept[0]?.logit ?? 0;
  const masses = kept.map(({ logit }) => Math.exp(logit - best));
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  let reached = 0;
  return kept.filter((_candidate, index) => {
    const mass = masses[index] ?? 0;
    const isWithin = index === 0 || reached < filters.topP * total;
    reached += mass;
    return isWithin && (index === 0 || mass >= filters.minP);
  });
}

const PLACE_BYTES = 12;
const MAX_UINT32 = 2 ** 32 - 1;
const HIGH_BITS = 2 ** 21;

function startPlace({ seed, position }: Draw): DataView<ArrayBuffer> {
  const place = new DataView(new ArrayBuffer(PLACE_BYTES));
  place.setUint32(0, checked(seed));
  place.setUint32(4, checked(position));
  return place;
}

function gumbel(place: DataView<ArrayBuffer>, id: number): number {
  place.setUint32(8, checked(id));
  const hash = sha256(new Uint8Array(place.buffer));
  const bits = new DataView(hash.buffer, hash.byteOffset);
  // 32 and 21 bits: together the 53 that a double holds exactly.
  const k = bits.getUint32(0) * HIGH_BITS + (bits.getUint32(4) >>> 11);
  return -Math.log(-Math.log(Math.max(1, k) / 2 ** 53));
}

function checked(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_UINT32) return value;
  throw new RangeError(`${String(value)} does not fit four bytes`);
}
