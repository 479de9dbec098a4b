/** The newest relays; each opens its receipt. All of them go into a file when they are asked for. */
import { memo } from 'react';
import type { Asset, RelayLine } from '../../../electron/ipc/network.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { useMinute } from '../use-minute.ts';
import { relayWords } from './earnings-words.ts';

export function RelayList() {
  const recent = useApp((state) => state.snapshot?.earnings.recent);
  const asset = useApp((state) => state.snapshot?.network.asset);
  const nowMs = useMinute();
  if (!recent || !asset) return null;
  return (
    <Card
      title="Relays"
      actions={
        <>
          <PracticeBadge />
          {recent.length === 0 ? null : <ExportButton />}
        </>
      }
    >
      {recent.length === 0 ? (
        <p className="quiet">
          Every question that your computer answers, or that you ask on the network, is listed here
          with its receipt.
        </p>
      ) : (
        <ul className="relays">
          {recent.map((line) => (
            <RelayRow key={`${line.role} ${line.ref}`} line={line} asset={asset} nowMs={nowMs} />
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The file holds more than the list, and more of each. */
function ExportButton() {
  const { exportCsv } = useActions();
  return (
    <Button className="button-small" onClick={() => void exportCsv()}>
      Save all as CSV
    </Button>
  );
}

interface Props {
  readonly line: RelayLine;
  readonly asset: Asset;
  readonly nowMs: number;
}

/** A line may end between two facts, not within one. */
function unbroken(fact: string): string {
  return fact.replaceAll(' ', '\u00a0');
}

const RelayRow = memo(function RelayRow({ line, asset, nowMs }: Props) {
  const { openReceipt } = useActions();
  const isDiscreet = useDiscreet();
  const { title, facts, fullTime, amount, state, isSettled } = relayWords(line, asset, nowMs);
  return (
    <li>
      <button type="button" className="relay" onClick={() => void openReceipt(line.ref)}>
        <span className="relay-title" title={title}>
          {title}
        </span>
        <span className="relay-amount">{veiled(amount, isDiscreet)}</span>
        <span className="relay-facts" title={fullTime}>
          {facts.map(unbroken).join(' · ')}
        </span>
        <span className={isSettled ? 'relay-state relay-paid' : 'relay-state'}>{state}</span>
        <span className="only-read">Open the receipt</span>
      </button>
    </li>
  );
});
