/** What relays need from outside: a ledger, a key, an engine, the chain's word, and the peer at the other end. */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import type { GenerateEvent, GenerateRequest } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import type { Receipt } from '../protocol/receipt.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import type { Session } from '../protocol/session.ts';
import type { RecoverSigner } from '../protocol/verify-receipt.ts';
import type { Voucher } from '../protocol/voucher.ts';
import type {
  CancelRequest,
  ResyncAnswer,
  ResyncRequest,
  ServedModel,
} from '../protocol/wire-peer.ts';
import type { Refusal, RelayEvent, RelayRequest } from '../protocol/wire-relay.ts';

export type Role = SessionOpened['role'];

/** `full`: on disk before it returns, whatever happens to the power. */
export type Durability = 'normal' | 'full';

/** The append-only ledger, as relays use it. */
export interface RelayLedger {
  /** All of them or none. @throws AppError when they could not be written */
  append(entries: readonly LedgerEntry[], durability: Durability): void;
  /** Everything written about one session in one role, oldest first, its opening included. */
  entriesOf(role: Role, session: Hex): readonly LedgerEntry[];
  openSessions(role: Role, sinceEpoch: number): readonly SessionOpened[];
}

/** The hot key that the Application granted; where it lives is its own affair. */
export interface VoucherSigner {
  /** @returns ERC-2098, 64 bytes. Rejects while there is nobody to sign. */
  signVoucher(voucher: Voucher): Promise<Hex>;
}

export interface ReceiptSigner {
  readonly address: Hex;
  /** @returns ERC-2098, 64 bytes. Rejects while there is nobody to sign. */
  signReceipt(receipt: Receipt): Promise<Hex>;
}

/** What is asked of the engine, with the file that must answer. */
export interface RelayEngineRequest extends GenerateRequest {
  readonly ggufSha256: Hex;
  /** The Application: no other one shares what is cached for it. */
  readonly cacheKey: Hex;
  /** Keeps the conversation for so long after the answer; left out, not at all. */
  readonly holdSeconds?: number | undefined;
}

/** What an Application asks over the network. */
export interface RelayQuestion extends GenerateRequest {
  /** Keeps the conversation for its next question, 1 to 600 seconds; left out, not at all. */
  readonly holdSeconds?: number | undefined;
}

/** As `Engine` in electron/engine: ends with one `end` event or throws an `AppError`. */
export interface RelayEngine {
  generate(request: RelayEngineRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}

export interface ServedModels {
  /** What may be asked for now, with its terms. The same object as long as nothing changed. */
  now(): readonly ServedModel[];
}

/** What the chain says about one session. */
export interface Quote {
  /** Whether the Application's stake covers its budgets. */
  readonly solvent: boolean;
  /** The draw that this Supplier has. */
  readonly draw: number;
  /** Token units that this draw can be paid in this epoch, all in all. */
  readonly allowance: bigint;
  /** Token units of it that were paid already. */
  readonly paid: bigint;
  readonly hotKey: Hex;
  /** Whether `hotKey` may sign for this epoch. */
  readonly keyValid: boolean;
}

export interface SolvencyPort {
  /** Rejects when the chain cannot be asked. */
  quote(session: Session): Promise<Quote>;
}

/** The governor's word. */
export interface Admission {
  /** @returns null when a relay may start now */
  admits(): RefusalCode | null;
}

export interface QueueRoom {
  /** Relays that the engine can take now, those that would wait included. */
  free(): number;
}

/** The way to a peer; everything that it returns was validated. */
export interface PeerClient {
  /** Ends after a refusal or a receipt; throws AppError `peer-unreachable` or `peer-broke-rules` before. */
  relay(peerKey: Hex, request: RelayRequest, signal: AbortSignal): AsyncIterable<RelayEvent>;
  /** @throws AppError `peer-unreachable`, `peer-broke-rules` */
  resync(
    peerKey: Hex,
    request: ResyncRequest,
    signal: AbortSignal,
  ): Promise<ResyncAnswer | Refusal>;
  cancel(peerKey: Hex, request: CancelRequest, signal: AbortSignal): Promise<void>;
}

/** The network that relays belong to. */
export interface RelayNetwork {
  readonly chainId: bigint;
  readonly hub: Hex;
  readonly epochSeconds: number;
  /** How long after its epoch a session is still served. */
  readonly graceSeconds: number;
}

export interface SupplierPorts {
  readonly network: RelayNetwork;
  readonly ledger: RelayLedger;
  readonly signer: ReceiptSigner;
  readonly recover: RecoverSigner;
  readonly engine: RelayEngine;
  readonly models: ServedModels;
  readonly solvency: SolvencyPort;
  readonly admission: Admission;
  readonly room: QueueRoom;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ApplicationPorts {
  readonly network: RelayNetwork;
  readonly ledger: RelayLedger;
  readonly signer: VoucherSigner;
  readonly recover: RecoverSigner;
  readonly client: PeerClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
