/** Earnings: what was earned, when, and every relay with its receipt. */
import { useApp } from '../../store/use-app.tsx';
import { Notices } from '../Notices.tsx';
import { ChartCard } from './ChartCard.tsx';
import { EarnedCard } from './EarnedCard.tsx';
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
              <ChartCard />
              <RelayList />
            </>
          ) : (
            <p className="quiet" role="status">
              Reading the ledger
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
