/** Which of a node's two roles an entry belongs to. */
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import type { Role } from './ports.ts';

export function roleOf(entry: LedgerEntry): Role {
  switch (entry.kind) {
    case 'session-opened':
      return entry.role;
    case 'relay-accepted':
    case 'relay-served':
    case 'relay-voided':
    case 'redeemed':
      return 'supplier';
    case 'relay-sent':
    case 'relay-paid':
    case 'relay-released':
    case 'relay-disputed':
      return 'application';
  }
}
