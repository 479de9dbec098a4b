/** Remembers for a minute what the chain said about a session, and asks once for all who wait. */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import type { Session } from '../protocol/session.ts';
import type { Quote, SolvencyPort } from './ports.ts';

const KEEP_MS = 60_000;
/** Sessions remembered; strangers cannot make it grow beyond. */
const MAX_KEPT = 1_000;
/** Questions to the chain at a time; beyond it the chain counts as out of reach. */
const MAX_ASKING = 64;

export interface QuoteCache {
  /** @returns null when the chain cannot be asked; that is not remembered */
  quote(id: Hex, session: Session): Promise<Quote | null>;
}

export function createQuoteCache(solvency: SolvencyPort, clock: Clock, log: Log): QuoteCache {
  const kept = new Map<Hex, { readonly quote: Quote; readonly untilMs: number }>();
  const asking = new Map<Hex, Promise<Quote | null>>();

  async function ask(id: Hex, session: Session): Promise<Quote | null> {
    try {
      const quote = await solvency.quote(session);
      if (kept.size >= MAX_KEPT) dropOldest();
      kept.set(id, { quote, untilMs: clock.monotonicMs() + KEEP_MS });
      return quote;
    } catch (error) {
      log.warn('the chain could not be asked about a session', { error });
      return null;
    } finally {
      asking.delete(id);
    }
  }

  function dropOldest(): void {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }

  return {
    quote(id, session) {
      const known = kept.get(id);
      if (known !== undefined && clock.monotonicMs() < known.untilMs) {
        return Promise.resolve(known.quote);
      }
      kept.delete(id);
      const waiting = asking.get(id);
      if (waiting !== undefined) return waiting;
      if (asking.size >= MAX_ASKING) return Promise.resolve(null);
      const answer = ask(id, session);
      asking.set(id, answer);
      return answer;
    },
  };
}
