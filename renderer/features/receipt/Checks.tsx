/** How each check of a receipt came out. */
import type { ReceiptCheckView } from '../../../electron/ipc/network.ts';
import { checkWords, verdict } from '../../format/receipt-words.ts';
import { OutcomeIcon } from './OutcomeIcon.tsx';

const OUTCOMES: Readonly<Record<ReceiptCheckView['outcome'], string>> = {
  ok: 'Holds',
  wrong: 'Wrong',
  unseen: 'Not seen',
};

export function Checks({ checks }: { readonly checks: readonly ReceiptCheckView[] }) {
  return (
    <section className="checks" aria-labelledby="checks-verdict">
      <h3 id="checks-verdict">{verdict(checks)}</h3>
      <ul>
        {checks.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
      </ul>
    </section>
  );
}

function CheckRow({ check }: { readonly check: ReceiptCheckView }) {
  const { name, outcome, fault } = check;
  const { claim, unseen } = checkWords(name);
  const reason = fault === '' && outcome === 'unseen' ? unseen : fault;
  return (
    <li className={`check check-${outcome}`}>
      <OutcomeIcon outcome={outcome} />
      <div>
        <p>
          {claim}
          <span className="check-outcome">{OUTCOMES[outcome]}</span>
        </p>
        {reason === '' ? null : <p className="check-reason">{reason}</p>}
      </div>
    </li>
  );
}
