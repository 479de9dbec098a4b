/** Entry of the keyring: holds the key that owns the money, of practice or of the wallet, only while it is needed. */
import { keyGrantDigest } from '../chain/key-grant.ts';
import { systemClock } from '../platform/clock.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { systemRandom } from '../platform/random.ts';
import { fromHex } from '../protocol/hex.ts';
import { addressOfKey, signDigest } from '../relay/secp256k1-adapter.ts';
import { runKeys } from './run-keys.ts';
import { hostWallet } from './wallet-host.ts';
import { WALLET_ARGUMENT } from './wallet-messages.ts';

const ports = {
  channel: parentChannel(),
  clock: systemClock,
  random: systemRandom,
  exit: () => process.exit(0),
};

if (process.argv.includes(WALLET_ARGUMENT)) {
  hostWallet({
    ...ports,
    loadCeremony: async () => (await import('./wallet-ceremony.ts')).serveCeremony,
    loadGuessing: async () => (await import('./passphrase-adapter.ts')).createGuessing(),
  });
} else {
  runKeys('keyring', {
    ...ports,
    tools: {
      addressOf: addressOfKey,
      signDigest,
      grantDigest: (domain, grant) => fromHex(keyGrantDigest(domain, grant)),
      async signTransaction(key, address, transaction) {
        // Loaded with the first transaction: it is large, and most signatures are over relays.
        const { createTransactionSigner, signDigestWith } =
          await import('../chain/sign-transaction-adapter.ts');
        return createTransactionSigner(address, signDigestWith(key)).sign(transaction);
      },
    },
  });
}
