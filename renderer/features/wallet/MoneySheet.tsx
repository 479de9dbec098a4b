/** What will be signed, decoded from its bytes; then the signing, and the transaction it became. */
import { useEffect, useRef, useState } from 'react';
import type { FailureText } from '../../../electron/ipc/result.ts';
import type { Intent } from '../../../electron/ipc/wallet.ts';
import { formatClock } from '../../format/times.ts';
import { failureOf } from '../../store/attempt.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';

interface Props {
  readonly intent: Intent;
  /** The same again with the amounts of now. */
  readonly onAgain: (intent: Intent) => void;
  /** It is in a block. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

type Step =
  | { readonly state: 'shown' | 'signing' }
  | { readonly state: 'failed'; readonly failure: FailureText | null }
  | { readonly state: 'done'; readonly transaction: string };

export function MoneySheet({ intent, onAgain, onDone, onClose }: Props) {
  const { step, confirm, again } = useConfirm(intent, onAgain, onDone);
  const { title, lines, expiresAtMs } = intent;
  const isDone = step.state === 'done';
  return (
    <Dialog
      size="wide"
      title={title}
      onClose={onClose}
      actions={<SheetActions {...{ step, confirm, again, onClose }} />}
    >
      <div className="receipt" tabIndex={0} role="region" aria-label="What will be signed">
        <p className="receipt-payment">
          <PracticeBadge />
          <span role="status">{sentence(step, expiresAtMs)}</span>
        </p>
        {step.state === 'failed' && step.failure ? (
          <div role="alert">
            <FailureNote failure={step.failure} />
          </div>
        ) : null}
        {isDone ? <Done transaction={step.transaction} /> : null}
        <IntentLines lines={lines} />
      </div>
    </Dialog>
  );
}

function sentence({ state }: Step, expiresAtMs: number): string {
  switch (state) {
    case 'shown':
      return `Exactly this is signed when you confirm, until ${formatClock(expiresAtMs)}.`;
    case 'signing':
      return 'Signing, sending it to the practice chain, and waiting for its block.';
    case 'failed':
      return 'The chain has not confirmed it.';
    case 'done':
      return 'Done. The chain has confirmed it.';
  }
}

interface ActionProps {
  readonly step: Step;
  readonly confirm: () => Promise<void>;
  readonly again: () => Promise<void>;
  readonly onClose: () => void;
}

function SheetActions({ step: { state }, confirm, again, onClose }: ActionProps) {
  const safe = useRef<HTMLButtonElement>(null);
  // Only once the dialog is open, which is when the buttons are there already.
  useEffect(() => {
    safe.current?.focus();
  }, []);
  if (state === 'done') {
    return (
      <Button look="primary" autoFocus onClick={onClose}>
        Close
      </Button>
    );
  }
  if (state === 'failed') {
    return (
      <>
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" onClick={() => void again()}>
          Look again
        </Button>
      </>
    );
  }
  const isSigning = state === 'signing';
  return (
    <>
      <Button ref={safe} onClick={onClose}>
        {isSigning ? 'Close' : 'Cancel'}
      </Button>
      <Button look="primary" aria-disabled={isSigning} onClick={() => void confirm()}>
        {isSigning ? 'Confirming' : 'Confirm'}
      </Button>
    </>
  );
}

/** Once an intent was confirmed it is used up, so a failure leads to a new look and never to a second try. */
function useConfirm(intent: Intent, onAgain: Props['onAgain'], onDone: Props['onDone']) {
  const { confirmMoney, prepareMoney } = useActions();
  const [step, setStep] = useState<Step>({ state: 'shown' });
  return {
    step,
    async confirm() {
      if (step.state !== 'shown') return;
      setStep({ state: 'signing' });
      const result = await confirmMoney(intent.id);
      setStep(
        result.ok
          ? { state: 'done', transaction: result.value.transaction }
          : { state: 'failed', failure: failureOf(result) },
      );
      if (result.ok) onDone();
    },
    async again() {
      const result = await prepareMoney(intent.action, intent.amount);
      if (result.ok) onAgain(result.value);
      else setStep({ state: 'failed', failure: failureOf(result) });
    },
  };
}

function Done({ transaction }: { readonly transaction: string }) {
  return (
    <div className="money-done">
      <span className="quiet">Transaction</span>
      <code>{transaction}</code>
      <CopyButton text={() => transaction} what="Transaction" label="Copy the transaction" />
    </div>
  );
}

/** Names may come twice: an approval and a deposit both have an amount. */
function IntentLines({ lines }: { readonly lines: Intent['lines'] }) {
  return (
    <dl className="fact-list intent-lines">
      {lines.map(({ label, value }, index) => (
        <div
          // The lines of one intent never change their places.
          key={`${String(index)} ${label}`}
          className={label === 'Transaction' ? 'intent-step' : undefined}
        >
          <dt>{label}</dt>
          <dd>
            <LineValue value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What somebody knows an address as, and then the address itself on a line of its own. */
const NAMED_ADDRESS = /^(?:(.*), )?(0x[0-9a-fA-F]{40})$/;

function LineValue({ value }: { readonly value: string }) {
  const [, name, address] = NAMED_ADDRESS.exec(value) ?? [];
  if (address === undefined) return value;
  return (
    <>
      {name === undefined ? null : <span className="intent-name">{name}</span>}
      <code>{address}</code>
    </>
  );
}
