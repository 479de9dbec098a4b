/** A model that counts its evaluations, and remembers when the last one ended. */
import type {
  ModelContext,
  SequencePort,
  TokenSource,
} from '../../../electron/engine/model-context.ts';
import { sharedMs } from './shared-clock.ts';

/** What it does just now, and did so far. */
export interface Work {
  readonly inFlight: number;
  readonly begun: number;
  /** On the clock that both processes read. */
  readonly endedMs: number;
}

export function watchModel(context: ModelContext): {
  readonly context: ModelContext;
  readonly work: Work;
} {
  const work = { inFlight: 0, begun: 0, endedMs: 0 };

  async function watched<Value>(evaluation: Promise<Value>): Promise<Value> {
    work.inFlight += 1;
    work.begun += 1;
    try {
      return await evaluation;
    } finally {
      work.inFlight -= 1;
      work.endedMs = sharedMs();
    }
  }

  const watchedSource = (source: TokenSource): TokenSource => {
    const check = source.check?.bind(source);
    return {
      next: () => watched(source.next()),
      ...(check && { check: (guesses, take) => watched(check(guesses, take)) }),
      close: () => source.close(),
    };
  };

  const watchedPort = (port: SequencePort): SequencePort => ({
    held: () => port.held(),
    keep: (length) => port.keep(length),
    get canRewind() {
      return port.canRewind;
    },
    save: (path) => port.save(path),
    load: (path) => port.load(path),
    prefill: (tokens) => watched(port.prefill(tokens)),
    open: (tokens, options) => watchedSource(port.open(tokens, options)),
  });

  return { context: { ...context, sequences: context.sequences.map(watchedPort) }, work };
}
