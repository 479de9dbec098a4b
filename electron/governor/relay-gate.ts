/** The gate between relays and the engine: each needs a ticket, and loses it when the computer is given back. */
import { AppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { GenerateEvent } from '../protocol/generate.ts';
import type { GatedEngine, PacedEngine } from './ports.ts';

/** One relay's leave to use the engine. */
export interface Ticket {
  /** Aborts when the relay has to end. */
  readonly signal: AbortSignal;
  /** The relay is over. */
  release(): void;
}

/** @param take throws AppError `owner-returned` when no relay may start */
export function gateEngine<Request extends object>(
  engine: PacedEngine<Request>,
  take: () => Ticket,
  log: Log,
): GatedEngine<Request> {
  return {
    async *generate(request, signal) {
      const ticket = take();
      const ends = AbortSignal.any([signal, ticket.signal]);
      // The share of all relays together is what paces them.
      const paced = { ...request, relay: { duty: 1 } };
      const events = engine.generate(paced, ends)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await nextOf(events, ticket.signal);
          if (next.done === true) return;
          yield next.value;
          // An answer that is complete stays complete, whoever comes back now.
          if (next.value.type === 'end') return;
        }
      } finally {
        ticket.release();
        // Not waited for: an engine that is slow to stop must not keep anybody from hearing of it.
        if (events.return) drop(events.return(), 'leaving the engine', log);
      }
    },
  };
}

async function nextOf(
  events: AsyncIterator<GenerateEvent>,
  givenBack: AbortSignal,
): Promise<IteratorResult<GenerateEvent, unknown>> {
  try {
    const next = await untilAborted(events.next(), givenBack);
    if (!givenBack.aborted) return next;
  } catch (error) {
    if (!givenBack.aborted) throw error;
  }
  // Whatever else came in the same moment, the end of an engine that was told to stop included.
  throw new AppError('owner-returned');
}
