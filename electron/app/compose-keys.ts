/** Wires the processes that hold a node's keys: the signer for what goes on by itself, the keyring for the money. */
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { openHotKeys } from '../wallet/hot-keys.ts';
import type { KeyPolicy } from '../wallet/key-messages.ts';
import { createKeyring } from '../wallet/keyring.ts';
import type { HotKeys, Keyring, SealingKey } from '../wallet/ports.ts';

export interface NodeKeys {
  readonly hot: HotKeys;
  readonly keyring: Keyring;
  /** Resolves once no process holds a key. */
  dispose(): Promise<void>;
}

/**
 * @param path of the file with the practice keys
 * @throws AppError `keys-unusable`, `keys-sealed`, `data-folder-unusable`, `disk-full`, `signer-unavailable`
 */
export type OpenKeys = (path: string, policy: KeyPolicy) => Promise<NodeKeys>;

export interface KeyPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly sealing: SealingKey;
}

/** @param signal gives up what is still being opened */
export function keyOpener(ports: KeyPorts, signal: AbortSignal): OpenKeys {
  return async (path, policy) => {
    const hot = await openHotKeys(ports, { path, policy }, signal);
    const keyring = createKeyring(ports, { path, policy, owner: hot.addresses.owner });
    return {
      hot,
      keyring,
      async dispose() {
        await Promise.all([hot.dispose(), keyring.dispose()]);
      },
    };
  };
}
