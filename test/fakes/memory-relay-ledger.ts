/** A ledger in memory that takes only what a real one could keep. */
import { z } from 'zod';
import { ledgerEntrySchema, type LedgerEntry } from '../../electron/protocol/ledger-entries.ts';
import type { Durability, RelayLedger, Role } from '../../electron/relay/ports.ts';

export interface MemoryRelayLedger extends RelayLedger {
  readonly entries: readonly LedgerEntry[];
  readonly durabilities: readonly Durability[];
  /** The next appends throw this; null ends it. */
  failWith(error: Error | null): void;
}

const ROLES: Readonly<Partial<Record<LedgerEntry['kind'], Role>>> = {
  'relay-accepted': 'supplier',
  'relay-served': 'supplier',
  'relay-voided': 'supplier',
  'relay-sent': 'application',
  'relay-paid': 'application',
  'relay-released': 'application',
  'relay-disputed': 'application',
};

function roleOf(entry: LedgerEntry): Role | undefined {
  return entry.kind === 'session-opened' ? entry.role : ROLES[entry.kind];
}

export function createMemoryRelayLedger(): MemoryRelayLedger {
  const entries: LedgerEntry[] = [];
  const durabilities: Durability[] = [];
  let failure: Error | null = null;
  return {
    entries,
    durabilities,
    failWith(error) {
      failure = error;
    },
    append(fresh, durability) {
      if (failure !== null) throw failure;
      for (const entry of fresh) z.encode(ledgerEntrySchema, entry);
      entries.push(...fresh);
      durabilities.push(durability);
    },
    entriesOf: (role, session) =>
      entries.filter((entry) => roleOf(entry) === role && entry.session === session),
    openSessions: (role, sinceEpoch) =>
      entries.flatMap((entry) => {
        const isOpening = entry.kind === 'session-opened' && entry.role === role;
        return isOpening && entry.terms.epoch >= sinceEpoch ? [entry] : [];
      }),
  };
}
