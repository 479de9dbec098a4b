/** What the rest of Lull knows of its keys: addresses, and what they sign. Nothing here returns a private key. */
import type { Hex } from '../protocol/hex.ts';
import type { Receipt } from '../protocol/receipt.ts';
import type { Voucher } from '../protocol/voucher.ts';
import type {
  KeptIn,
  KeyAddresses,
  KeyGrantIntent,
  SignedBytes,
  TransactionIntent,
} from './key-messages.ts';

/** Holds the key under which the practice keys lie sealed. */
export interface SealingKey {
  /**
   * @returns 32 bytes that are the caller's to overwrite; null when there is no key store that keeps a secret
   * @throws AppError `keys-sealed` when there is one, but it does not give the key
   */
  key(): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** The keys that serve and ask while nobody is there. All of it throws AppError `signer-unavailable` while they are gone. */
export interface HotKeys {
  readonly addresses: KeyAddresses;
  readonly keptIn: KeptIn;
  /** By the relay key. @returns ERC-2098, 64 bytes */
  signVoucher(voucher: Voucher): Promise<Hex>;
  /** By the supplier key. @returns ERC-2098, 64 bytes */
  signReceipt(receipt: Receipt): Promise<Hex>;
  /** By the relay key, which it names. @throws AppError `signing-refused` */
  signGrant(grant: KeyGrantIntent): Promise<Hex>;
  /** By the supplier key. @throws AppError `signing-refused` */
  signTransaction(transaction: TransactionIntent): Promise<SignedBytes>;
  /** Of the peer's ed25519 key pair: 32 bytes that are the caller's to overwrite. */
  peerSeed(): Promise<Uint8Array<ArrayBuffer>>;
  /** Resolves once no process holds a key. */
  dispose(): Promise<void>;
}

/** The key that holds the money. */
export interface Keyring {
  /** By the practice owner's key. @throws AppError `signing-refused`, `signer-unavailable`, `keys-sealed` … */
  signTransaction(transaction: TransactionIntent): Promise<SignedBytes>;
  dispose(): Promise<void>;
}
