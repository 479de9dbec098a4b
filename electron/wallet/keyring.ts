/** In main: the key that owns the money, in a keyring process that runs only while something has to be signed. */
import { AppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import { createKeyHolder, type KeyHolderPorts } from './key-holder.ts';
import type { KeyPlace } from './key-session.ts';
import type { Keyring } from './ports.ts';

export const KEYRING_ENTRY = 'keyring-process';
/** The process ends so long after its last signature. */
export const KEYRING_IDLE_MS = 60_000;

export interface KeyringPlace extends KeyPlace {
  /** The address that the key must have. */
  readonly owner: Hex;
}

export function createKeyring(ports: KeyHolderPorts, { owner, ...place }: KeyringPlace): Keyring {
  const config = { ...place, entry: KEYRING_ENTRY, name: 'Lull keyring', idleMs: KEYRING_IDLE_MS };
  const holder = createKeyHolder(ports, config);
  return {
    async signTransaction(transaction) {
      const session = await holder.session();
      const { addresses } = await session.opened;
      if (addresses.owner !== owner) {
        throw new AppError('keys-unusable', { details: 'The file holds other keys than before.' });
      }
      const reply = await session.sign({ kind: 'transaction', transaction });
      if (reply.type === 'transaction-signed') return reply.signed;
      throw new AppError('signer-unavailable', { details: 'It answered something else.' });
    },
    dispose: holder.dispose,
  };
}
