/** What the journal keeps of a signed transaction, and what callers are told about one. */
import { z } from 'zod';
import type { Hex } from '../protocol/hex.ts';
import { addressSchema, dataSchema, hashSchema } from './rpc-values.ts';

const count = z.int().min(0);

/**
 * - `pending`: signed, and as far as is known in no block. Sent again whenever the chain does not know it.
 * - `mined`: in a block, and it did what it should. `reverted`: in a block, without effect.
 * - `replaced`: its nonce was used by another transaction, so it can never be mined.
 * - `rejected`: the node refused it when it was new; its nonce is free again.
 */
export const TX_STATES = ['pending', 'mined', 'reverted', 'replaced', 'rejected'] as const;
export type TxState = (typeof TX_STATES)[number];

const inclusionSchema = z
  .strictObject({
    blockNumber: count,
    blockHash: hashSchema,
    gasUsed: count,
    feeWei: z.bigint().min(0n),
  })
  .readonly();

export const journalEntrySchema = z
  .strictObject({
    hash: hashSchema,
    chainId: z.int().min(1),
    from: addressSchema,
    nonce: count,
    raw: dataSchema,
    /** For people and for sums, `redeem` for example. */
    purpose: z.string().min(1).max(64),
    /** What must happen only once has a key; see `SendOptions`. */
    key: z.string().min(1).max(256).nullable(),
    createdAtMs: count,
    state: z.enum(TX_STATES),
    /** Nothing that happens to the chain is expected to change it any more. */
    isFinal: z.boolean(),
    /** Where it was mined, while `mined` or `reverted`. */
    inclusion: inclusionSchema.nullable(),
    /** The node's words, when it last refused it. */
    reason: z.string().max(2048).nullable(),
  })
  .readonly();

export type Inclusion = z.infer<typeof inclusionSchema>;
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** What the journal changes in an entry. */
export type EntryChange = Pick<JournalEntry, 'state' | 'isFinal' | 'inclusion' | 'reason'>;

export type TxOutcome =
  | { readonly state: 'mined'; readonly entry: JournalEntry; readonly inclusion: Inclusion }
  | { readonly state: 'reverted'; readonly entry: JournalEntry; readonly inclusion: Inclusion }
  /** Journalled; it is sent again by `settle` until the chain has it. */
  | { readonly state: 'pending'; readonly entry: JournalEntry }
  | { readonly state: 'replaced'; readonly entry: JournalEntry }
  | { readonly state: 'rejected'; readonly entry: JournalEntry }
  /** It would revert now, so nothing was signed; `data` is what the contract says. */
  | { readonly state: 'would-revert'; readonly reason: string; readonly data: Hex | null };

/** @throws Error when the entry contradicts itself */
export function toOutcome(entry: JournalEntry): TxOutcome {
  const { state, inclusion } = entry;
  if (state !== 'mined' && state !== 'reverted') return { state, entry };
  if (inclusion === null) throw new Error(`${entry.hash} is ${state} in no block`);
  return { state, entry, inclusion };
}
