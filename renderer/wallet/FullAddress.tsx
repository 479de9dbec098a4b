/** A whole address, in groups that can be compared. */
import { Identicon } from '../ui/Identicon.tsx';

const GROUP = 4;

export function FullAddress({ address }: { readonly address: string }) {
  const digits = address.slice(2);
  const groups = Array.from({ length: Math.ceil(digits.length / GROUP) }, (_value, index) =>
    digits.slice(index * GROUP, (index + 1) * GROUP),
  );
  return (
    <p className="wallet-address">
      <Identicon address={address} />
      <code aria-label={address} role="img">
        <span aria-hidden="true">
          <span>0x</span>
          {groups.map((group, index) => (
            <span key={index}>{group}</span>
          ))}
        </span>
      </code>
    </p>
  );
}
