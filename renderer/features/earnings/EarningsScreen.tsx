/** Earnings: what was earned, when, and every relay with its receipt. */
import { CardScreen } from '../CardScreen.tsx';
import { ChartCard } from './ChartCard.tsx';
import { EarnedCard } from './EarnedCard.tsx';
import { NetCard } from './NetCard.tsx';
import { RelayList } from './RelayList.tsx';
import { TrialCard } from './TrialCard.tsx';

export function EarningsScreen() {
  return (
    <CardScreen title="Earnings" waiting="Reading the ledger">
      <EarnedCard />
      <TrialCard />
      <ChartCard />
      <NetCard />
      <RelayList />
    </CardScreen>
  );
}
