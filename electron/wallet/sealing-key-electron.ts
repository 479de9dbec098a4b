/** The sealing key behind Electron's safeStorage. */
import { safeStorage } from 'electron';
import type { SealingKey } from './ports.ts';
import { createStoredKey, type StoredKeyPorts } from './stored-key.ts';

/** @param path of its file; asked only once the app is ready */
export function createSealingKey(path: string, ports: Omit<StoredKeyPorts, 'store'>): SealingKey {
  return createStoredKey(path, { ...ports, store: safeStorage });
}
