/** An address in short, with its picture; the whole of it is in the tooltip. In discreet mode it is neither. */
import { shortHex } from '../format/addresses.ts';
import { useDiscreet, veiled } from '../store/use-discreet.ts';
import { Identicon } from './Identicon.tsx';

export function Address({ address }: { readonly address: string }) {
  const isDiscreet = useDiscreet();
  return (
    <span className="address" title={veiled(address, isDiscreet)}>
      {isDiscreet ? null : <Identicon address={address} />}
      <code>{veiled(shortHex(address), isDiscreet)}</code>
    </span>
  );
}
