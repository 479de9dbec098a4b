/** What was earned in each hour or day, and what that adds up to. */
import { useState } from 'react';
import type { Asset, Earnings } from '../../../electron/ipc/network.ts';
import { BarChart } from '../../charts/BarChart.tsx';
import { LineChart } from '../../charts/LineChart.tsx';
import { useApp } from '../../store/use-app.tsx';
import { useWrite } from '../../store/use-write.ts';
import { Card } from '../../ui/Card.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { addedUp, dayBars, hourBars } from './hour-bars.ts';

type Span = 'hour' | 'day';

const SPANS = [
  { value: 'hour', name: 'By hour' },
  { value: 'day', name: 'By day' },
] as const;

const TITLES: Readonly<Record<Span, string>> = {
  hour: 'Last 24 hours',
  day: 'Last 30 days',
};

export function ChartCard() {
  const hours = useApp((state) => state.snapshot?.earnings.hours);
  const days = useApp((state) => state.snapshot?.earnings.days);
  const asset = useApp((state) => state.snapshot?.network.asset);
  const [span, setSpan] = useState<Span>('hour');
  if (!hours || !days || !asset) return null;
  return (
    <Card
      title={TITLES[span]}
      actions={
        <>
          <PracticeBadge />
          <Segments
            legend="Show earnings"
            size="small"
            options={SPANS}
            chosen={span}
            onChoose={setSpan}
          />
        </>
      }
    >
      <Charts span={span} bars={span === 'hour' ? hours : days} asset={asset} />
    </Card>
  );
}

interface Props {
  readonly span: Span;
  readonly bars: Earnings['hours'];
  readonly asset: Asset;
}

function Charts({ span, bars, asset }: Props) {
  const { amount, units: formatValue } = useWrite(asset);
  const { symbol } = asset;
  const drawn = span === 'hour' ? hourBars(bars, asset, amount) : dayBars(bars, amount);
  return (
    // Another span is another chart, with the focus where it begins.
    <div className="charts" key={span}>
      <p className="quiet chart-note">
        {symbol} earned in each {span}
      </p>
      <BarChart
        label={`Earned in each ${span}, in ${symbol}`}
        bars={drawn}
        formatValue={formatValue}
        empty={`Nothing was earned in the ${TITLES[span].toLowerCase()}.`}
      />
      {bars.some(({ earned }) => earned > 0n) ? (
        <>
          <p className="quiet chart-note">{symbol} added up</p>
          <LineChart
            label={`Earned up to each ${span}, added up, in ${symbol}`}
            points={addedUp(bars, span, amount)}
            formatValue={formatValue}
            heads={[span === 'hour' ? 'Hour' : 'Day', `${symbol} so far`]}
          />
        </>
      ) : null}
    </div>
  );
}
