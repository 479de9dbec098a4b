/** Every message between main and the keyring process that keeps the wallet: never a secret, those go by the port. */
import { z } from 'zod';
import { purposeSchema } from '../ipc/ceremony.ts';

/** The keyring process started with this keeps the wallet's main key, and no practice key. */
export const WALLET_ARGUMENT = '--wallet';

const MAX_PATH_LENGTH = 4096;
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** Of passphrases, since the last right one; main remembers them from one keyring process to the next. */
const guessesSchema = z.strictObject({
  wrong: z.int().min(0),
  /** How long none is taken. */
  waitMs: z.number().min(0),
});

export const toWalletSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    /** Comes with one port, at whose other end is the window. */
    type: z.literal('ceremony'),
    purpose: purposeSchema,
    /** Where the vault lies. */
    folder: z.string().min(1).max(MAX_PATH_LENGTH),
    guesses: guessesSchema,
  }),
]);

export const fromWalletSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  /** A vault was written or opened; the window may still show it. */
  z.strictObject({ type: z.literal('ceremony-done') }),
  z.strictObject({ type: z.literal('guesses'), guesses: guessesSchema }),
  /** Null when the key is locked now: the process ends then. */
  z.strictObject({ type: z.literal('main-key'), address: address.nullable() }),
]);

export type Guesses = Readonly<z.infer<typeof guessesSchema>>;
export type ToWallet = Readonly<z.infer<typeof toWalletSchema>>;
export type FromWallet = Readonly<z.infer<typeof fromWalletSchema>>;
