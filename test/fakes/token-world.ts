/** Sequences and state files without a model: every token of a state remembers who had it evaluated. */
import type { SequencePort } from '../../electron/engine/model-context.ts';
import type { StateFile, StateFiles } from '../../electron/engine/prefix-store-files.ts';

interface Evaluated {
  readonly token: number;
  readonly writer: string;
}

export interface TokenSequence extends SequencePort {
  /** Who evaluated each of the held tokens. */
  writers(): readonly string[];
  evaluate(tokens: readonly number[], writer: string): void;
}

export interface TokenFiles extends StateFiles {
  /** All that exist now, in the order they were made. */
  readonly all: readonly { damage(how: 'noticed' | 'unnoticed' | 'unreadable'): void }[];
  /** From now on nothing can be written. */
  fill(): void;
}

export interface TokenWorld {
  readonly trace: { saved: number; loaded: number };
  sequence(canRewind?: boolean): TokenSequence;
  files(): TokenFiles;
}

export const BYTES_PER_TOKEN = 10;

export function createTokenWorld(): TokenWorld {
  const disk = new Map<string, readonly Evaluated[]>();
  const trace = { saved: 0, loaded: 0 };
  let names = 0;

  function sequence(canRewind = true): TokenSequence {
    let state: readonly Evaluated[] = [];
    let isBusy = false;
    const alone = async <Value>(work: () => Value): Promise<Value> => {
      if (isBusy) throw new Error('two calls on one sequence at once');
      isBusy = true;
      // Longer than one turn, as with real files.
      await new Promise((resolve) => setImmediate(resolve));
      isBusy = false;
      return work();
    };
    return {
      canRewind,
      held: () => state.map(({ token }) => token),
      writers: () => state.map(({ writer }) => writer),
      keep: (length) =>
        alone(() => {
          if (length < state.length) state = canRewind ? state.slice(0, length) : [];
          return state.length;
        }),
      evaluate(tokens, writer) {
        if (isBusy) throw new Error('evaluated during another call');
        state = [...state, ...tokens.map((token) => ({ token, writer }))];
      },
      prefill: () => Promise.reject(new Error('use evaluate')),
      save: (path) =>
        alone(() => {
          disk.set(path, state);
          trace.saved += 1;
        }),
      load: (path) =>
        alone(() => {
          state = [];
          const saved = disk.get(path);
          if (saved === undefined) throw new Error('no state');
          state = saved;
          trace.loaded += 1;
        }),
      open() {
        throw new Error('nothing is written here');
      },
    };
  }

  function files(): TokenFiles {
    const all = new Map<string, { isSound: boolean }>();
    let isFull = false;
    return {
      get all() {
        return [...all].map(([path, file]) => ({
          damage(how: 'noticed' | 'unnoticed' | 'unreadable') {
            if (how === 'noticed') file.isSound = false;
            else if (how === 'unreadable') disk.delete(path);
            else disk.set(path, (disk.get(path) ?? []).slice(1));
          },
        }));
      },
      fill() {
        isFull = true;
      },
      async create(tokens, write) {
        if (isFull) return null;
        const path = `state ${(names += 1)}`;
        await write(path);
        const entry = { isSound: true };
        all.set(path, entry);
        return {
          bytes: tokens.length * BYTES_PER_TOKEN,
          path: async () => (entry.isSound ? path : null),
          async copyTo(to) {
            disk.set(to, entry.isSound ? (disk.get(path) ?? []) : []);
          },
          used: () => undefined,
          async remove() {
            all.delete(path);
            disk.delete(path);
          },
        } satisfies StateFile;
      },
      found: async () => [],
    };
  }

  return { trace, sequence, files };
}
