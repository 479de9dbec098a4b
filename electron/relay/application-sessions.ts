/** The sessions that an Application has in memory, each read from the ledger when it is first asked for. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import type { SessionOpened } from '../protocol/ledger-entries.ts';
import type { Session } from '../protocol/session.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import { createApplicationSession, type ApplicationSession } from './application-session.ts';
import type { RelayLedger } from './ports.ts';

/** Epochs whose receipts can still be asked for. */
const KEPT_EPOCHS = 4;

export interface SessionToOpen {
  readonly id: Hex;
  readonly session: Session;
  readonly model: ServedModel;
  readonly peerKey: Hex;
}

export interface ApplicationSessions {
  /** Known already, read from the ledger, or new; a new one is written with its first request. */
  open(wanted: SessionToOpen): ApplicationSession;
  /** @throws AppError `not-found` */
  get(id: Hex): ApplicationSession;
  /** Reads every session whose receipts can still be asked for. */
  load(epoch: number): void;
  /** Those with requests of unknown fate. */
  withLost(): readonly ApplicationSession[];
}

export function createApplicationSessions(ledger: RelayLedger, clock: Clock): ApplicationSessions {
  const sessions = new Map<Hex, ApplicationSession>();

  function find(id: Hex): ApplicationSession | null {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const entries = ledger.entriesOf('application', id);
    const opened = entries.find(({ kind }) => kind === 'session-opened');
    if (opened?.kind !== 'session-opened') return null;
    return keep(opened, createApplicationSession(opened, entries, ledger));
  }

  function keep(
    { session: id, terms }: SessionOpened,
    session: ApplicationSession,
  ): ApplicationSession {
    for (const [old, { terms: oldTerms, lostRefs, active }] of sessions) {
      const isOver = oldTerms.epoch + KEPT_EPOCHS < terms.epoch && active.size === 0;
      if (isOver && lostRefs().length === 0) sessions.delete(old);
    }
    sessions.set(id, session);
    return session;
  }

  return {
    open({ id, session: terms, model, peerKey }) {
      const known = find(id);
      if (known !== null) {
        known.peerKey = peerKey;
        return known;
      }
      const opened = {
        kind: 'session-opened',
        atMs: clock.nowMs(),
        role: 'application',
        session: id,
        terms,
        model,
        peerKey,
      } as const;
      return keep(opened, createApplicationSession(opened, [], ledger));
    },
    get(id) {
      const session = find(id);
      if (session === null)
        throw new AppError('not-found', { details: 'There is no such session.' });
      return session;
    },
    load(epoch) {
      const opened = ledger.openSessions('application', Math.max(0, epoch - KEPT_EPOCHS));
      for (const { session } of opened) find(session);
    },
    withLost: () => [...sessions.values()].filter(({ lostRefs }) => lostRefs().length > 0),
  };
}
