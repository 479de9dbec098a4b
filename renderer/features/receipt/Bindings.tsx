/** A picture of what the signature ties together: question, answer, model and price. */
import type { Asset, ReceiptCheckView, ReceiptView } from '../../../electron/ipc/network.ts';
import { shortHex } from '../../format/addresses.ts';
import { useDiscreet } from '../../store/use-discreet.ts';
import { useWrite } from '../../store/use-write.ts';
import { Identicon } from '../../ui/Identicon.tsx';
import { bindingOutcome, type Binding } from './binding-outcome.ts';
import { OutcomeIcon } from './OutcomeIcon.tsx';

interface Props {
  readonly receipt: ReceiptView;
  readonly asset: Asset;
  /** Null until the receipt was verified. */
  readonly checks: readonly ReceiptCheckView[] | null;
}

export function Bindings({ receipt, asset, checks }: Props) {
  const { line, responseHash, modelSha256, signature, supplier } = receipt;
  const write = useWrite(asset);
  const seal = useDiscreet() ? null : supplier;
  const tile = (binding: Binding) => ({ outcome: bindingOutcome(binding, checks) });
  return (
    <figure className="bindings">
      <ol aria-label="What the signature ties together">
        <Tile name="Question" value={shortHex(line.ref)} {...tile('question')} />
        <Tile name="Answer" value={shortHex(responseHash)} {...tile('answer')} />
        <Tile name="Model" value={shortHex(modelSha256)} {...tile('model')} />
        <Tile name="Charge" value={write.amount(line.charged)} {...tile('charge')} />
        <Tile
          name="Signature"
          value={shortHex(signature)}
          {...tile('signature')}
          isSeal
          seal={seal}
        />
      </ol>
      <figcaption className="quiet">
        The Supplier’s signature ties these together: change one and it no longer fits. The hashes
        carry no word of the question or the answer.
      </figcaption>
    </figure>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly outcome: ReceiptCheckView['outcome'] | null;
  /** Whether it ties the others together. */
  readonly isSeal?: boolean;
  /** The address that signed, to be drawn; null in discreet mode. */
  readonly seal?: string | null;
}

function Tile({ name, value, outcome, isSeal = false, seal = null }: TileProps) {
  const look = outcome === null ? '' : ` binding-${outcome}`;
  return (
    <li className={`binding${look}${isSeal ? ' binding-seal' : ''}`}>
      <span className="binding-name">
        {seal === null ? null : <Identicon address={seal} />}
        {name}
        {outcome === null ? null : <OutcomeIcon outcome={outcome} />}
      </span>
      <code>{value}</code>
    </li>
  );
}
