/** The state in one sentence, one time, one number and one action; beneath, all that stands in the way. */
import { reasonSentence, statusSentence, statusShort } from '../../../electron/ipc/status-words.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import { formatUnits } from '../../format/amounts.ts';
import { awaySecondsOf } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { BigAmount } from '../../ui/BigAmount.tsx';
import { Button } from '../../ui/Button.tsx';
import { MoreIcon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { StatusDot } from '../../ui/StatusDot.tsx';
import { useNow } from '../use-now.ts';
import {
  canPause,
  homeAction,
  HOUR_MINUTES,
  minutesUntilTomorrow,
  needOf,
  netToday,
  offerWords,
} from './home-words.ts';
import { useHomeAct } from './use-home-act.ts';

export function StateCard() {
  const status = useApp((state) => state.snapshot?.status);
  if (!status) return null;
  return (
    <section className="card state" aria-label="State">
      <StateWords status={status} />
      <Today />
      <StateActions status={status} />
      <p className="quiet state-offer">{offerWords(status)}</p>
    </section>
  );
}

function StateWords({ status }: { readonly status: Status }) {
  const nowMs = useNow(status.reasons.some(({ untilMs }) => untilMs !== null));
  const awaySeconds = useApp(awaySecondsOf);
  const { sentence, time } = statusSentence(status, nowMs, awaySeconds);
  const need = time === null ? needOf(status) : null;
  const others = status.mode === 'off' ? [] : status.reasons.slice(1);
  return (
    <>
      <h2 className="state-sentence">
        <StatusDot status={status} />
        <span>{sentence}</span>
      </h2>
      {/* Only what matters is spoken, and not every tick of the time. */}
      <span className="only-read" role="status">
        {statusShort(status)}
      </span>
      {time === null ? null : <p className="state-time">Starts {time}</p>}
      {need === null ? null : <p className="state-time">{need}</p>}
      {others.length === 0 ? null : (
        <ul className="state-others" aria-label="Also in the way">
          {others.map((reason) => (
            <li key={reason.code}>Also: {reasonSentence(reason, nowMs, awaySeconds)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Today() {
  const net = useApp((state) => (state.snapshot ? netToday(state.snapshot.earnings) : 0n));
  const asset = useApp((state) => state.snapshot?.network.asset);
  const isDiscreet = useDiscreet();
  if (!asset) return null;
  const sign = net > 0n ? '+' : '';
  return (
    <div className="state-today">
      <p className="quiet">
        Today, earned less spent <PracticeBadge />
      </p>
      <BigAmount
        text={veiled(`${sign}${formatUnits(net, asset.decimals)}`, isDiscreet)}
        symbol={asset.symbol}
      />
    </div>
  );
}

/** Longer than the one hour that the button offers. */
function LongerPauses() {
  const { pauseEarning } = useActions();
  return (
    <Menu
      label="Pause for longer"
      icon={<MoreIcon />}
      items={[
        { label: 'Pause 1 hour', onSelect: () => void pauseEarning(HOUR_MINUTES) },
        {
          label: 'Pause until tomorrow',
          onSelect: () => void pauseEarning(minutesUntilTomorrow(Date.now())),
        },
        { label: 'Pause until I resume', onSelect: () => void pauseEarning(null) },
      ]}
    />
  );
}

function StateActions({ status }: { readonly status: Status }) {
  const { showSettings } = useActions();
  const run = useHomeAct();
  const { act, label, isPrimary } = homeAction(status);
  return (
    <div className="state-actions">
      <Button look={isPrimary ? 'primary' : 'plain'} onClick={() => void run(act)}>
        {label}
      </Button>
      {canPause(status) ? <LongerPauses /> : null}
      <Button
        look="quiet"
        onClick={() => {
          showSettings('earning');
        }}
      >
        When to serve…
      </Button>
    </div>
  );
}
