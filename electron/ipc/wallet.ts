/** What the window sees of the wallet: addresses, balances, and what would be signed. Never a secret. */
import { z } from 'zod';
import { failureSchema } from './result.ts';

/** Token units, the smallest there are. */
const amount = z.bigint();
/** EIP-55, with its checksum in the case of the letters. */
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

export const accountSchema = z.strictObject({
  /** `owner` holds the stake and the money; `supplier` earns; `relay` signs questions within a budget. */
  role: z.enum(['owner', 'supplier', 'relay']),
  address,
});

export const walletSchema = z.strictObject({
  /**
   * The wallet for real networks: `none` until the owner makes one; `locked` while no process holds its key.
   * Practice needs none of it.
   */
  main: z.strictObject({
    state: z.enum(['none', 'locked', 'unlocked']),
    address: address.nullable(),
    /** Whether its window is open. */
    isBusy: z.boolean(),
    failure: failureSchema.nullable(),
  }),
  /** The practice wallet, made silently; empty until the first use of the network. */
  accounts: z.array(accountSchema),
  /** Where the practice keys lie: sealed by the system's key store, or in a file that only its owner can read. */
  keptIn: z.enum(['key-store', 'file']).nullable(),
  /** Of the practice wallet; null until the chain was asked. */
  balances: z
    .strictObject({
      /** In the owner's account, spendable. */
      available: amount,
      /** Staked: pays for questions. */
      staked: amount,
      /** Of the stake, what is on its way out; it can be withdrawn once `thawEndsAtMs` has passed. */
      thawing: amount,
      thawEndsAtMs: z.number().nullable(),
      /** Collected and kept in the hub until it is withdrawn. */
      credits: amount,
      atMs: z.number(),
    })
    .nullable(),
  /** Why the balances could not be read the last time. */
  failure: failureSchema.nullable(),
});

/** What the owner can do with money. A stake thaws before it can be withdrawn, so that Suppliers are paid first. */
export const moneyActionSchema = z.enum(['deposit', 'thaw', 'withdraw-stake', 'withdraw-credits']);

/** A transaction as it will be signed, in words: shown before anything is signed. */
export const intentSchema = z.strictObject({
  id: z.string(),
  action: moneyActionSchema,
  amount,
  /** For example "Add 2 PRAC to the stake". */
  title: z.string(),
  /** Decoded from the very bytes that will be signed: network, contract, function, arguments, fee at most. */
  lines: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  /** Until when it can be confirmed, in Unix milliseconds. */
  expiresAtMs: z.number(),
});

export type WalletAccount = Readonly<z.infer<typeof accountSchema>>;
export type Wallet = Readonly<z.infer<typeof walletSchema>>;
export type MoneyAction = z.infer<typeof moneyActionSchema>;
export type Intent = Readonly<z.infer<typeof intentSchema>>;
