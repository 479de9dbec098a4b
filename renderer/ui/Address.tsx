/** An address in short, with its picture; the whole of it is in the tooltip. */
import { shortHex } from '../format/addresses.ts';
import { Identicon } from './Identicon.tsx';

export function Address({ address }: { readonly address: string }) {
  return (
    <span className="address" title={address}>
      <Identicon address={address} />
      <code>{shortHex(address)}</code>
    </span>
  );
}
