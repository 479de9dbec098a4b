/** One thing to do with money: an amount, exact to the last digit, and what may be wrong with it. */
import { useId, useState, type SubmitEvent } from 'react';
import type { Asset } from '../../../electron/ipc/network.ts';
import type { FailureText } from '../../../electron/ipc/result.ts';
import type { Intent } from '../../../electron/ipc/wallet.ts';
import { parseAmount, typedUnits } from '../../format/amounts.ts';
import { failureOf } from '../../store/attempt.ts';
import { useActions } from '../../store/use-app.tsx';
import { useDiscreet } from '../../store/use-discreet.ts';
import { useWrite } from '../../store/use-write.ts';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { refusalWords, type MoneyOffer } from './money-actions.ts';

interface Props {
  readonly offer: MoneyOffer;
  readonly asset: Asset;
  /** What was typed as the amount. */
  readonly typed: string;
  readonly onTyped: (text: string) => void;
  readonly onPrepared: (intent: Intent) => void;
}

export function MoneyForm({ offer, asset, typed, onTyped, onPrepared }: Props) {
  const { action, title, text, most, isWhole, none, button } = offer;
  const id = useId();
  const write = useWrite(asset);
  const { prepare, isBusy, fault, failure, clear } = usePrepare(offer, asset, onPrepared);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void prepare(isWhole ? null : typed);
  };
  const faultId = `${id}-fault`;
  return (
    <form className="money-form" onSubmit={submit} aria-labelledby={id} noValidate>
      <div className="money-words">
        <h3 id={id}>{title}</h3>
        <p className="quiet">{most === 0n ? none : text}</p>
      </div>
      {most === 0n ? null : (
        <div className="money-controls">
          {isWhole ? (
            <p className="money-whole">{write.amount(most)}</p>
          ) : (
            <AmountField
              {...{ asset, faultId, fault }}
              label={`Amount: ${title}`}
              text={typed}
              onText={(next) => {
                clear();
                onTyped(next);
              }}
              onAll={() => {
                clear();
                onTyped(typedUnits(most, asset.decimals));
              }}
            />
          )}
          <Button
            type="submit"
            look={action === 'withdraw-stake' ? 'primary' : 'plain'}
            aria-disabled={isBusy}
            aria-label={`${title}: look at what will be signed`}
          >
            {isBusy ? 'Preparing' : `${button}…`}
          </Button>
        </div>
      )}
      {fault === null ? null : (
        <p className="money-fault" id={faultId} role="alert">
          {fault}
        </p>
      )}
      {failure ? (
        <div role="alert">
          <FailureNote failure={failure} onDismiss={clear} />
        </div>
      ) : null}
    </form>
  );
}

/** Asks main to decode what would be signed; a wrong amount is said beside it. */
function usePrepare({ action, most }: MoneyOffer, asset: Asset, onPrepared: Props['onPrepared']) {
  const { prepareMoney } = useActions();
  const isDiscreet = useDiscreet();
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [failure, setFailure] = useState<FailureText | null>(null);
  const clear = () => {
    setFault(null);
    setFailure(null);
  };

  /** @param typed null for all of it */
  async function prepare(typed: string | null): Promise<void> {
    if (isBusy) return;
    clear();
    const amount = typed === null ? { units: most, fault: null } : parseAmount(typed, asset);
    if (amount.units === null) {
      setFault(amount.fault);
      return;
    }
    setIsBusy(true);
    const result = await prepareMoney(action, amount.units);
    setIsBusy(false);
    if (result.ok) onPrepared(result.value);
    else if (result.code === 'bad-request' && result.details !== null) {
      setFault(refusalWords(result.details, isDiscreet));
    } else setFailure(failureOf(result));
  }

  return { prepare, isBusy, fault, failure, clear };
}

interface FieldProps {
  readonly asset: Asset;
  readonly label: string;
  readonly text: string;
  readonly fault: string | null;
  readonly faultId: string;
  readonly onText: (text: string) => void;
  readonly onAll: () => void;
}

function AmountField({ asset, label, text, fault, faultId, onText, onAll }: FieldProps) {
  return (
    <div className="amount-field">
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        placeholder="0"
        aria-label={label}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : faultId}
        value={text}
        onChange={({ target }) => {
          onText(target.value);
        }}
      />
      <span className="amount-symbol">{asset.symbol}</span>
      <button type="button" className="amount-all" onClick={onAll}>
        All
      </button>
    </div>
  );
}
