/** Earnings: what was earned, the last 24 hours, and every relay with its receipt. */
import { BarChart } from '../../charts/BarChart.tsx';
import { formatUnits } from '../../format/amounts.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { Notices } from '../Notices.tsx';
import { EarnedCard } from './EarnedCard.tsx';
import { hourBars } from './hour-bars.ts';
import { RelayList } from './RelayList.tsx';
import { TrialCard } from './TrialCard.tsx';

export function EarningsScreen() {
  const started = useApp((state) => state.snapshot !== null);
  return (
    <div className="settings">
      <header className="screen-head">
        <h1>Earnings</h1>
      </header>
      <Notices />
      <div className="settings-scroll" tabIndex={0} role="region" aria-label="Earnings">
        <div className="settings-column">
          {started ? (
            <>
              <EarnedCard />
              <TrialCard />
              <DayCard />
              <RelayList />
            </>
          ) : (
            <p className="quiet">Starting</p>
          )}
        </div>
      </div>
    </div>
  );
}

function DayCard() {
  const hours = useApp((state) => state.snapshot?.earnings.hours);
  const asset = useApp((state) => state.snapshot?.network.asset);
  if (!hours || !asset) return null;
  return (
    <Card title="Last 24 hours" actions={<PracticeBadge />}>
      <p className="quiet chart-note">{asset.symbol} earned in each hour</p>
      <BarChart
        label={`Earned in each hour, in ${asset.symbol}`}
        bars={hourBars(hours, asset)}
        formatValue={(value) => formatUnits(value, asset.decimals)}
        empty="Nothing was earned in the last 24 hours."
      />
    </Card>
  );
}
