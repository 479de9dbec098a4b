/** The processes that hold keys without processes: the real service, its real policy and digests, in the test's own. */
import { keyGrantDigest } from '../../electron/chain/key-grant.ts';
import {
  createTransactionSigner,
  signDigestWith,
} from '../../electron/chain/sign-transaction-adapter.ts';
import type { SpawnChild } from '../../electron/platform/child.ts';
import { systemRandom } from '../../electron/platform/random.ts';
import { fromHex } from '../../electron/protocol/hex.ts';
import { addressOfKey, signDigest } from '../../electron/relay/secp256k1-adapter.ts';
import { toKeysSchema, type FromKeys } from '../../electron/wallet/key-messages.ts';
import { createKeyService, type KeyTools } from '../../electron/wallet/key-service.ts';
import { SIGNER_ENTRY } from '../../electron/wallet/hot-keys.ts';
import type { SealingKey } from '../../electron/wallet/ports.ts';

/** No key store: the keys lie in a file. */
export const NO_KEY_STORE: SealingKey = { key: () => Promise.resolve(null) };

/** @returns a key store that has this key */
export function keyStoreWith(key: Uint8Array): SealingKey {
  return { key: () => Promise.resolve(Uint8Array.from(key)) };
}

export const KEY_TOOLS: KeyTools = {
  addressOf: addressOfKey,
  signDigest,
  grantDigest: (domain, grant) => fromHex(keyGrantDigest(domain, grant)),
  signTransaction: (key, address, transaction) =>
    createTransactionSigner(address, signDigestWith(key)).sign(transaction),
};

export const spawnInProcessKeys: SpawnChild = (entry) => {
  const messages = new Set<(message: unknown) => void>();
  const exits = new Set<(code: number | null) => void>();
  let isAlive = true;
  const say = (message: FromKeys): void => {
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (isAlive) for (const listener of messages) listener(copy);
    });
  };
  const service = createKeyService({
    holder: entry === SIGNER_ENTRY ? 'signer' : 'keyring',
    tools: KEY_TOOLS,
    random: systemRandom,
    post: say,
  });
  return {
    pid: undefined,
    post(message) {
      if (!isAlive) return;
      const parsed = toKeysSchema.parse(structuredClone(message));
      if (parsed.type === 'pulse') say({ type: 'pulse' });
      else service.receive(parsed);
    },
    onMessage(listener) {
      messages.add(listener);
      return () => messages.delete(listener);
    },
    onExit(listener) {
      exits.add(listener);
      return () => exits.delete(listener);
    },
    kill() {
      if (!isAlive) return;
      isAlive = false;
      service.close();
      for (const listener of exits) listener(null);
    },
  };
};
