/** Entry of the signer: holds the relay key, the supplier key and the peer seed, which serve while the wallet is locked. */
import { keyGrantDigest } from '../chain/key-grant.ts';
import { systemClock } from '../platform/clock.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { systemRandom } from '../platform/random.ts';
import { fromHex } from '../protocol/hex.ts';
import { addressOfKey, signDigest } from '../relay/secp256k1-adapter.ts';
import { runKeys } from './run-keys.ts';

runKeys('signer', {
  channel: parentChannel(),
  clock: systemClock,
  random: systemRandom,
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
  exit: () => process.exit(0),
});
