/** A model whose tokens are bytes and whose choices follow from the seed and everything written so far. */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type {
  Draft,
  ModelContext,
  Rating,
  SequencePort,
} from '../../electron/engine/model-context.ts';
import type { StepCosts } from '../../electron/engine/speculation-rule.ts';
import { AppError } from '../../electron/platform/app-error.ts';
import { createDeferred } from '../../electron/platform/deferred.ts';

export interface ByteModelOptions {
  readonly contextTokens?: number;
  readonly sequences?: number;
  /** False to lose everything when a part is to be forgotten. */
  readonly canRewind?: boolean;
  /** The byte that follows; null ends the answer. */
  readonly next?: (written: readonly number[], seed: number) => number | null;
  /** With them guesses are checked; left out, there are none. */
  readonly stepCosts?: StepCosts;
  /** Guesses where the text itself says nothing. */
  readonly draft?: Draft;
}

export interface ByteModel extends ModelContext {
  readonly trace: {
    /** Most sequences that were being evaluated at once. */
    mostTogether: number;
    /** Most prompt tokens that were being evaluated at once. */
    mostPrefill: number;
    evaluated: number;
    /** Tokens that were checked together with the one that came in any case, and those of them that were right. */
    guessed: number;
    right: number;
    saved: number;
    loaded: number;
  };
  /** From now on every evaluation fails. */
  break(): void;
  /** From now on every evaluation waits until the returned function is called. */
  hold(): () => void;
  /** The same for what `keep` forgets. */
  holdKeep(): () => void;
}

const numbers = z.array(z.number());
const END_CHANCE = 40;
/** Letters, a space, a line end, and the four bytes of an emoji that only make sense in a row. */
const ALPHABET = [...Buffer.from('abcde \n😀')];

/** FNV-1a over the bytes: any change of what came before changes all that follows. */
function hash(values: readonly number[], seed: number): number {
  return values.reduce(
    (state, value) => Math.imul(state ^ value, 16777619) >>> 0,
    seed ^ 2166136261,
  );
}

export function nextByte(written: readonly number[], seed: number): number | null {
  const drawn = hash(written, seed);
  if (drawn % END_CHANCE === 0) return null;
  return ALPHABET[drawn % ALPHABET.length] ?? 0;
}

/** The token itself first, then the alphabet; every number follows from the ids. */
export function rate(token: number, topLogprobs: number | undefined): Rating | null {
  if (topLogprobs === undefined) return null;
  const ids = [token, ...ALPHABET.filter((id) => id !== token)].slice(0, topLogprobs);
  const top = ids.map((id, index) => ({ id, logprob: -index - id / 1000 }));
  return { logprob: -token / 1000, top };
}

export function createByteModel(options: ByteModelOptions = {}): ByteModel {
  const { contextTokens = 200, sequences = 3, canRewind = true, next = nextByte } = options;
  const { stepCosts, draft } = options;
  const trace = {
    mostTogether: 0,
    mostPrefill: 0,
    evaluated: 0,
    guessed: 0,
    right: 0,
    saved: 0,
    loaded: 0,
  };
  let together = 0;
  let prefill = 0;
  let isBroken = false;
  let gate: Promise<void> = Promise.resolve();
  let keepGate: Promise<void> = Promise.resolve();

  async function evaluate(held: number[], tokens: readonly number[], isPrompt: boolean) {
    together += 1;
    if (isPrompt) prefill += tokens.length;
    trace.mostTogether = Math.max(trace.mostTogether, together);
    trace.mostPrefill = Math.max(trace.mostPrefill, prefill);
    await gate;
    if (isBroken) throw new Error('the device was lost');
    held.push(...tokens);
    trace.evaluated += tokens.length;
    if (held.length > contextTokens) throw new Error('more tokens than the context holds');
    together -= 1;
    if (isPrompt) prefill -= tokens.length;
  }

  function sequence(): SequencePort {
    const held: number[] = [];
    let isBusy = false;
    const alone = async <Value>(work: () => Promise<Value>): Promise<Value> => {
      if (isBusy) throw new Error('two calls on one sequence at once');
      isBusy = true;
      try {
        return await work();
      } finally {
        isBusy = false;
      }
    };
    return {
      held: () => [...held],
      keep: (length) =>
        alone(async () => {
          await keepGate;
          held.length = canRewind || length >= held.length ? Math.min(held.length, length) : 0;
          return held.length;
        }),
      canRewind,
      save: (path) =>
        alone(async () => {
          await writeFile(path, JSON.stringify(held));
          trace.saved += 1;
        }),
      load: (path) =>
        alone(async () => {
          held.length = 0;
          held.push(...numbers.parse(JSON.parse(await readFile(path, 'utf8'))));
          trace.loaded += 1;
        }),
      prefill: (tokens) => alone(() => evaluate(held, tokens, true)),
      open(tokens, { seed, topLogprobs }) {
        if (tokens.length === 0) throw new Error('nothing to evaluate');
        let pending = tokens;
        const draw = (text: readonly number[]) => {
          const token = next(text, seed);
          pending = token === null ? [] : [token];
          return token === null ? null : { id: token, rating: rate(token, topLogprobs) };
        };
        return {
          check: (guesses, take) =>
            alone(async () => {
              const sure = held.length + pending.length;
              await evaluate(held, [...pending, ...guesses], false);
              trace.guessed += guesses.length;
              held.length = sure;
              for (const guess of [...guesses, null]) {
                const token = draw(held);
                if (!take(token) || token === null || token.id !== guess) break;
                trace.right += 1;
                held.push(token.id);
              }
            }),
          next: () =>
            alone(async () => {
              await evaluate(held, pending, false);
              return draw(held);
            }),
          close: () => alone(() => Promise.resolve()),
        };
      },
    };
  }

  return {
    contextTokens,
    sequences: Array.from({ length: sequences }, sequence),
    endTexts: [],
    stepCosts,
    draft,
    render(turns) {
      const text = turns.map((turn) => turn.text).join('');
      if (text.includes('refuse')) throw new AppError('bad-request');
      return [...Buffer.from(text)];
    },
    detokenize: (tokens) => Buffer.from(tokens).toString('utf8'),
    trace,
    break() {
      isBroken = true;
    },
    hold() {
      const held = createDeferred<undefined>();
      gate = held.promise;
      return () => {
        held.resolve(undefined);
      };
    },
    holdKeep() {
      const held = createDeferred<undefined>();
      keepGate = held.promise;
      return () => {
        held.resolve(undefined);
      };
    },
  };
}
