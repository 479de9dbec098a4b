/** Replaces the vault of a folder over and over, until it is killed. */
import { replaceVault, type VaultBody } from '../../electron/wallet/vault-file.ts';

const [folder = ''] = process.argv.slice(2);

process.once('message', (message) => {
  const bodies = message as readonly VaultBody[];
  for (let round = 0; ; round++) {
    for (const body of bodies) replaceVault(folder, body);
    if (round === 0) process.send?.('writing');
  }
});
