/** The sessions that a Supplier has in memory, each read from the ledger when it is first asked for. */
import type { Hex } from '../protocol/hex.ts';
import type { SessionOpened } from '../protocol/ledger-entries.ts';
import type { Session } from '../protocol/session.ts';
import type { RelayLedger } from './ports.ts';
import { createSupplierSession, type SupplierSession } from './supplier-session.ts';

/** Epochs whose sessions stay in memory: those that can still be redeemed. Older ones are in the ledger. */
export const KEPT_EPOCHS = 4;

export interface SupplierSessions {
  /** @returns null for a session that was never opened */
  find(id: Hex): SupplierSession | null;
  /** Opens a session, not yet in the ledger: `append` its opening first. */
  begin(opened: SessionOpened): SupplierSession;
  /** Keeps a begun session, once its opening is written. */
  keep(session: SupplierSession): void;
  /** Whether another session in memory, at another price, has or may have a charge on the same draw. */
  isDrawShared(id: Hex, terms: Session): boolean;
  /** Every session of the epochs that can still be redeemed. */
  load(epoch: number): readonly SupplierSession[];
}

export function createSupplierSessions(ledger: RelayLedger): SupplierSessions {
  const sessions = new Map<Hex, SupplierSession>();

  function find(id: Hex): SupplierSession | null {
    const known = sessions.get(id);
    if (known !== undefined) return known;
    const entries = ledger.entriesOf('supplier', id);
    const opened = entries.find(({ kind }) => kind === 'session-opened');
    if (opened?.kind !== 'session-opened') return null;
    const session = createSupplierSession(opened, entries, ledger);
    sessions.set(id, session);
    return session;
  }

  function forget(epoch: number): void {
    for (const [id, { terms, runningRefs }] of sessions) {
      if (terms.epoch + KEPT_EPOCHS < epoch && runningRefs().length === 0) sessions.delete(id);
    }
  }

  return {
    find,
    begin: (opened) => createSupplierSession(opened, [], ledger),
    keep(session) {
      forget(session.terms.epoch);
      sessions.set(session.id, session);
    },
    isDrawShared: (id, { application, service, epoch, draw }) =>
      [...sessions.values()].some(({ id: other, terms, charged, commitment }) => {
        if (other === id || terms.application !== application) return false;
        const isSame = terms.service === service && terms.epoch === epoch && terms.draw === draw;
        return isSame && (charged > 0n || commitment().inFlightCu > 0n);
      }),
    load: (epoch) =>
      ledger
        .openSessions('supplier', Math.max(0, epoch - KEPT_EPOCHS))
        .flatMap(({ session }) => find(session) ?? []),
  };
}
