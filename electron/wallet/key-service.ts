/** What a process that holds keys does with each message: reads its keys once, and signs what its policy allows. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Random } from '../platform/random.ts';
import type { Hex } from '../protocol/hex.ts';
import { RECEIPT } from '../protocol/receipt.ts';
import { digestOf, hashDomain, keccakHex, type Domain } from '../protocol/typed-data.ts';
import { VOUCHER } from '../protocol/voucher.ts';
import type {
  FromKeys,
  KeyAddresses,
  KeyFailure,
  KeyGrantIntent,
  KeyIntent,
  SignedBytes,
  ToKeys,
  TransactionIntent,
} from './key-messages.ts';
import { createKeyRules, type KeyHolder, type Verdict } from './key-policy.ts';
import { readPracticeKeys, type PracticeKeys } from './practice-keys.ts';

const SELECTOR_CHARS = 10;
const MAX_DETAILS_LENGTH = 1024;

/** Signs without holding anything. */
export interface KeyTools {
  /** @returns lower case */
  addressOf(key: Uint8Array): Hex;
  /** @returns ERC-2098, 64 bytes, low s */
  signDigest(key: Uint8Array, digest: Uint8Array): Hex;
  /** @returns what a hot key signs to show that it belongs to an Application */
  grantDigest(domain: Domain, grant: KeyGrantIntent): Uint8Array;
  signTransaction(
    key: Uint8Array,
    address: Hex,
    transaction: TransactionIntent,
  ): Promise<SignedBytes>;
}

export interface KeyServicePorts {
  readonly holder: KeyHolder;
  readonly tools: KeyTools;
  readonly random: Pick<Random, 'bytes'>;
  readonly post: (message: FromKeys) => void;
}

export interface KeyService {
  receive(message: Exclude<ToKeys, { readonly type: 'pulse' }>): void;
  /** Overwrites every key. */
  close(): void;
}

interface OpenKeys {
  readonly keys: PracticeKeys;
  readonly addresses: KeyAddresses;
  readonly domain: Domain;
  readonly domainHash: Uint8Array;
  readonly judge: (intent: KeyIntent) => Verdict;
}

export function createKeyService(ports: KeyServicePorts): KeyService {
  const { holder, tools, random, post } = ports;
  let open: OpenKeys | null = null;

  function openKeys({ path, sealingKey, policy }: Extract<ToKeys, { type: 'open' }>): OpenKeys {
    let keys: PracticeKeys;
    try {
      keys = readPracticeKeys(path, { random, sealingKey });
    } finally {
      sealingKey?.fill(0);
    }
    const addresses = {
      owner: tools.addressOf(keys.owner),
      relay: tools.addressOf(keys.relay),
      supplier: tools.addressOf(keys.supplier),
    };
    forget(keys, holder);
    const domain = { chainId: BigInt(policy.chainId), verifyingContract: policy.hub };
    const judge = createKeyRules({ holder, policy, addresses, selectorOf });
    return { keys, addresses, domain, domainHash: hashDomain(domain), judge };
  }

  function start(message: Extract<ToKeys, { type: 'open' }>): void {
    try {
      // A second policy would be one that nobody pinned.
      if (open) throw new AppError('signing-refused', { details: 'The keys are open already.' });
      open = openKeys(message);
      const { addresses } = open;
      const { keptIn, wasOpen } = open.keys;
      post({ type: 'opened', addresses, keptIn, wasOpen });
    } catch (error) {
      post({ type: 'open-failed', failure: failureOf(error) });
    }
  }

  async function sign(id: number, intent: KeyIntent, opened: OpenKeys): Promise<void> {
    const { keys, addresses, domain, domainHash } = opened;
    const verdict = opened.judge(intent);
    if (verdict.key === null) {
      throw new AppError('signing-refused', { details: verdict.fault });
    }
    const key = keys[verdict.key];
    const signed = (digest: Uint8Array): void => {
      post({ type: 'signed', id, signature: tools.signDigest(key, digest) });
    };
    switch (intent.kind) {
      case 'voucher':
        signed(digestOf(domainHash, VOUCHER, intent.voucher));
        break;
      case 'receipt':
        signed(digestOf(domainHash, RECEIPT, intent.receipt));
        break;
      case 'grant':
        signed(tools.grantDigest(domain, intent.grant));
        break;
      case 'transaction': {
        const address = addresses[verdict.key];
        const bytes = await tools.signTransaction(key, address, intent.transaction);
        post({ type: 'transaction-signed', id, signed: bytes });
        break;
      }
      default:
        assertNever(intent);
    }
  }

  function fail(id: number, error: unknown): void {
    post({ type: 'failed', id, failure: failureOf(error) });
  }

  function giveSeed(id: number, { keys }: OpenKeys): void {
    if (holder !== 'signer') {
      throw new AppError('signing-refused', { details: 'This process has no peer seed.' });
    }
    const seed = Uint8Array.from(keys.peerSeed);
    post({ type: 'peer-seed', id, seed });
    seed.fill(0);
  }

  return {
    receive(message) {
      if (message.type === 'open') {
        start(message);
        return;
      }
      const { id } = message;
      if (!open) {
        fail(id, new AppError('signer-unavailable'));
        return;
      }
      if (message.type === 'sign') {
        sign(id, message.intent, open).catch((error: unknown) => {
          fail(id, error);
        });
        return;
      }
      try {
        giveSeed(id, open);
      } catch (error) {
        fail(id, error);
      }
    },
    close() {
      open?.keys.dispose();
      open = null;
    },
  };
}

/** What this process never signs with is gone as soon as its address is known. */
function forget(keys: PracticeKeys, holder: KeyHolder): void {
  const others = holder === 'signer' ? [keys.owner] : [keys.relay, keys.supplier, keys.peerSeed];
  for (const key of others) key.fill(0);
}

function selectorOf(signature: string): Hex {
  const hash = keccakHex(new TextEncoder().encode(signature));
  return `0x${hash.slice(2, SELECTOR_CHARS)}`;
}

function failureOf(error: unknown): KeyFailure {
  const { code, details } = toAppError(error);
  return { code, details: details?.slice(0, MAX_DETAILS_LENGTH) ?? null };
}
