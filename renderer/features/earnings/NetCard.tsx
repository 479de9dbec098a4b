/** Net of electricity: what the last hour, day and month came to, and how sure that is. */
import { useActions, useApp } from '../../store/use-app.tsx';
import { useWrite } from '../../store/use-write.ts';
import { formatLimit } from '../../format/amounts.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import type { Asset } from '../../../electron/ipc/network.ts';
import type { GovernorSettings, Money } from '../../../electron/ipc/governor.ts';
import { balanceFacts, costWords, floorWords, missingWords, type Missing } from './net-words.ts';

export function NetCard() {
  const money = useApp((state) => state.snapshot?.governor.money);
  const settings = useApp((state) => state.snapshot?.settings.governor);
  const asset = useApp((state) => state.snapshot?.network.asset);
  if (!money || !settings || !asset) return null;
  return <Net money={money} settings={settings} asset={asset} />;
}

interface Props {
  readonly money: Money;
  readonly settings: GovernorSettings;
  readonly asset: Asset;
}

const SPANS = [
  { key: 'hour', title: 'Past hour' },
  { key: 'day', title: 'Past 24 hours' },
  { key: 'month', title: 'Past 30 days' },
] as const;

function Net({ money, settings, asset }: Props) {
  const write = useWrite(asset);
  const missing = missingWords(settings, money, asset.symbol);
  const cost = costWords(money, write.own);
  const floor = floorWords(money, (units) => write.own(formatLimit(units, asset)));
  const isPractice = settings.microsPerCoin !== null;
  return (
    <Card title="After electricity" actions={<PracticeBadge />}>
      <div className="net-spans">
        {SPANS.map(({ key, title }) => (
          <div key={key} role="group" aria-label={title}>
            <h3>{title}</h3>
            <Facts facts={balanceFacts(money[key], money.currency, write.amount, write.own)} />
          </div>
        ))}
      </div>
      {cost === null ? null : <p className="quiet">{cost}</p>}
      {floor === null ? null : <p className="quiet">{floor}</p>}
      {missing === null ? null : <MissingLine missing={missing} />}
      {isPractice ? (
        <p className="quiet">
          Counted with the worth that you gave {asset.symbol}; nobody pays that.
        </p>
      ) : null}
    </Card>
  );
}

function MissingLine({ missing: { sentence, button } }: { readonly missing: Missing }) {
  const { showSettings } = useActions();
  return (
    <div className="strip">
      <p>{sentence}</p>
      <Button
        onClick={() => {
          showSettings('electricity');
        }}
      >
        {button}
      </Button>
    </div>
  );
}
