/** What a row of the bench is: something that is measured on one side and then, just so, on the other. */
import type { Side } from './side.ts';
import type { Texts } from './texts.ts';

export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly unit: 'tokens/s' | 'ms';
}

/** Measures on one side; null when the answers came out too short to be compared, and must be asked anew. */
export type Measure = (side: Side) => Promise<readonly Figure[] | null>;

export interface Row {
  /** By which `--only` names it. */
  readonly name: string;
  /** How many answers the engines are set up to write side by side. */
  readonly sequences: number;
  /** @param seed another one for every try, so that no text was seen before */
  prepare(texts: Texts, seed: number): Promise<Measure>;
}

/** Lengths in tokens, which a slow model needs shorter. */
export interface Lengths {
  /** One answer, by the number of streams. */
  readonly answer: ReadonlyMap<number, number>;
  readonly prefix: number;
  readonly conversation: number;
  readonly otherConversation: number;
  readonly longPrompt: number;
}

export const STARTER_LENGTHS: Lengths = {
  answer: new Map([
    [1, 160],
    [2, 160],
    [4, 128],
    [8, 96],
  ]),
  prefix: 1000,
  conversation: 2000,
  otherConversation: 600,
  longPrompt: 3000,
};

export const TINYLLAMA_LENGTHS: Lengths = {
  answer: new Map([
    [1, 40],
    [2, 40],
    [4, 32],
    [8, 24],
  ]),
  prefix: 250,
  conversation: 500,
  otherConversation: 80,
  longPrompt: 600,
};

/** Per sequence: the longest prompt, its template and its answer. */
export function contextFor(lengths: Lengths): number {
  return Math.ceil((lengths.longPrompt + 500) / 512) * 512;
}
