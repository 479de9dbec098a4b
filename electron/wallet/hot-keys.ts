/** In main: the keys that serve and ask by themselves, in the signer process. */
import { AppError } from '../platform/app-error.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { Hex } from '../protocol/hex.ts';
import { createKeyHolder, type KeyHolderPorts } from './key-holder.ts';
import type { KeyAddresses, KeyIntent } from './key-messages.ts';
import type { KeyPlace, KeyReply, KeySession } from './key-session.ts';
import type { HotKeys } from './ports.ts';

export const SIGNER_ENTRY = 'signer-process';

/**
 * Starts the signer; it stays until `dispose`, and one that dies is replaced when a signature is next needed.
 * @param signal gives up what is still being opened
 * @throws AppError `keys-unusable`, `keys-sealed`, `data-folder-unusable`, `disk-full`, `signer-unavailable`, `cancelled`
 */
export async function openHotKeys(
  ports: KeyHolderPorts,
  place: KeyPlace,
  signal?: AbortSignal,
): Promise<HotKeys> {
  const config = { ...place, entry: SIGNER_ENTRY, name: 'Lull signer', idleMs: null };
  const holder = createKeyHolder(ports, config);
  try {
    const first = await untilAborted(holder.session(), signal);
    const { addresses, keptIn } = await first.opened;
    const session = async (): Promise<KeySession> => {
      const current = await holder.session();
      requireSame(addresses, (await current.opened).addresses);
      return current;
    };
    const sign = async (intent: KeyIntent): Promise<Hex> =>
      signatureOf(await (await session()).sign(intent));
    return {
      addresses,
      keptIn,
      signVoucher: (voucher) => sign({ kind: 'voucher', voucher }),
      signReceipt: (receipt) => sign({ kind: 'receipt', receipt }),
      signGrant: (grant) => sign({ kind: 'grant', grant }),
      async signTransaction(transaction) {
        const reply = await (await session()).sign({ kind: 'transaction', transaction });
        if (reply.type === 'transaction-signed') return reply.signed;
        throw wrongReply();
      },
      async peerSeed() {
        const reply = await (await session()).peerSeed();
        if (reply.type === 'peer-seed') return reply.seed;
        throw wrongReply();
      },
      dispose: holder.dispose,
    };
  } catch (error) {
    await holder.dispose();
    throw error;
  }
}

/** A process that was started again has read the file again, and it may be another one by now. */
function requireSame(known: KeyAddresses, found: KeyAddresses): void {
  const isSame =
    known.owner === found.owner && known.relay === found.relay && known.supplier === found.supplier;
  if (isSame) return;
  throw new AppError('keys-unusable', { details: 'The file holds other keys than before.' });
}

function signatureOf(reply: KeyReply): Hex {
  if (reply.type === 'signed') return reply.signature;
  throw wrongReply();
}

function wrongReply(): AppError {
  return new AppError('signer-unavailable', { details: 'It answered something else.' });
}
