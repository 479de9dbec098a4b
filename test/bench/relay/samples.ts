/** Takes turns between both sides of the relay bench, and turns readings into samples. */
import type { SamplePair } from '../bench-types.ts';

export interface Reading {
  /** Milliseconds of all processes together. */
  readonly cpuMsPerRequest: number;
  /** One per request. */
  readonly firstMs: readonly number[];
}

export interface Plan {
  readonly streams: readonly number[];
  /** Tokens of an answer. */
  readonly short: number;
  readonly long: number;
  readonly rounds: number;
  readonly warmUpRounds: number;
}

export type Side = 'ours' | 'peer';
export type Measure = (side: Side, streams: number, maxTokens: number) => Promise<Reading>;

type Samples = Record<string, { readonly ours: number[]; readonly peer: number[] }>;

/** Whoever goes first changes from round to round, so that neither always follows the other. */
export async function collectSamples(
  plan: Plan,
  measure: Measure,
  log: (line: string) => void,
): Promise<Readonly<Record<string, SamplePair>>> {
  const samples: Samples = {};
  const pairOf = (label: string) => (samples[label] ??= { ours: [], peer: [] });
  for (let round = 0; round < plan.warmUpRounds + plan.rounds; round += 1) {
    const isCounted = round >= plan.warmUpRounds;
    for (const streams of plan.streams) {
      const over: number[] = [];
      for (const tokens of [plan.short, plan.long]) {
        const { ours, peer } = await bothSides(round, (side) => measure(side, streams, tokens));
        over.push(ours.cpuMsPerRequest - peer.cpuMsPerRequest);
        const what = `${String(tokens)} tokens, ${streamsText(streams)}`;
        log(`round ${String(round)}, ${what}: ${over.at(-1)?.toFixed(2) ?? ''} ms over the engine`);
        if (!isCounted) continue;
        const cpu = pairOf(`processor time of a request, ${what}`);
        cpu.ours.push(ours.cpuMsPerRequest);
        cpu.peer.push(peer.cpuMsPerRequest);
        const first = pairOf(`first token, ${what}`);
        first.ours.push(...ours.firstMs);
        first.peer.push(...peer.firstMs);
      }
      if (isCounted) addFit(plan, streams, over, pairOf);
    }
  }
  return samples;
}

async function bothSides(
  round: number,
  measure: (side: Side) => Promise<Reading>,
): Promise<Readonly<Record<Side, Reading>>> {
  if (round % 2 === 0) {
    const ours = await measure('ours');
    return { ours, peer: await measure('peer') };
  }
  const peer = await measure('peer');
  return { ours: await measure('ours'), peer };
}

/** The line through what a short and a long answer cost over the engine: so much for each, so much for each token. */
function addFit(
  { short, long }: Plan,
  streams: number,
  [overShort = 0, overLong = 0]: readonly number[],
  pairOf: (label: string) => { readonly ours: number[] },
): void {
  const perToken = (overLong - overShort) / (long - short);
  const text = streamsText(streams);
  pairOf(`over the engine, each relay, ${text}`).ours.push(overShort - perToken * short);
  pairOf(`over the engine, each 1,000 tokens, ${text}`).ours.push(perToken * 1_000);
}

function streamsText(streams: number): string {
  return `${String(streams)} ${streams === 1 ? 'stream' : 'streams'}`;
}
