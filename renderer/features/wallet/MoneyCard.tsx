/** Three things to do with practice money; each is shown in full before anything is signed. */
import { useState } from 'react';
import type { Intent, MoneyAction } from '../../../electron/ipc/wallet.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { useMinute } from '../use-minute.ts';
import { MoneyForm } from './MoneyForm.tsx';
import { MoneySheet } from './MoneySheet.tsx';
import { moneyOffers } from './money-actions.ts';

type Typed = Readonly<Partial<Record<MoneyAction, string>>>;

export function MoneyCard() {
  const balances = useApp((state) => state.snapshot?.wallet.balances);
  const asset = useApp((state) => state.snapshot?.network.asset);
  const [intent, setIntent] = useState<Intent | null>(null);
  const [typed, setTyped] = useState<Typed>({});
  const type = (action: MoneyAction, text: string) => {
    setTyped((before) => ({ ...before, [action]: text }));
  };
  const nowMs = useMinute();
  if (!balances || !asset) return null;
  return (
    <>
      <Card title="Move practice money" actions={<PracticeBadge />}>
        <p className="quiet">Before anything is signed you see it, word for word.</p>
        <div className="money-forms">
          {moneyOffers(balances, nowMs).map((offer) => (
            <MoneyForm
              key={offer.action}
              offer={offer}
              asset={asset}
              typed={typed[offer.action] ?? ''}
              onTyped={(text) => {
                type(offer.action, text);
              }}
              onPrepared={setIntent}
            />
          ))}
        </div>
      </Card>
      {intent ? (
        <MoneySheet
          key={intent.id}
          intent={intent}
          onAgain={setIntent}
          onDone={() => {
            // What is done must not stand there as if it were still to be done.
            type(intent.action, '');
          }}
          onClose={() => {
            setIntent(null);
          }}
        />
      ) : null}
    </>
  );
}
