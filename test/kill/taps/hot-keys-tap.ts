/** Stands in for `openHotKeys`: the real one, with steps around each voucher's and receipt's signature, and a signer that may die. */
import { AppError } from '../../../electron/platform/app-error.ts';
import type { Child } from '../../../electron/platform/child.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { openHotKeys as openReal, SIGNER_ENTRY } from '../../../electron/wallet/hot-keys.ts';
import type { HotKeys } from '../../../electron/wallet/ports.ts';
import { reach, strikesSigner } from '../death.ts';

export { SIGNER_ENTRY };

export async function openHotKeys(
  ...[ports, place, signal]: Parameters<typeof openReal>
): Promise<HotKeys> {
  let newest: Child | null = null;
  const spawn: typeof ports.spawn = (entry, options) => {
    newest = ports.spawn(entry, options);
    return newest;
  };
  const hot = await openReal({ ...ports, spawn }, place, signal);

  function tapped<What>(sign: (what: What) => Promise<Hex>): (what: What) => Promise<Hex> {
    return async (what) => {
      reach('signing');
      if (strikesSigner('signer asked')) newest?.kill();
      const signature = await sign(what);
      if (strikesSigner('signer answering')) {
        newest?.kill();
        throw new AppError('signer-unavailable');
      }
      reach('signed');
      return signature;
    };
  }

  return { ...hot, signVoucher: tapped(hot.signVoucher), signReceipt: tapped(hot.signReceipt) };
}
