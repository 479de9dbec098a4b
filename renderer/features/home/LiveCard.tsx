/** Temperature, speed and power while relays run, with what each is held to. */
import type { Live } from '../../../electron/ipc/governor.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { curveWords, heatMarks, isLive, liveFacts } from './live-words.ts';

export function LiveCard() {
  const status = useApp((state) => state.snapshot?.status);
  const live = useApp((state) => state.snapshot?.governor.live);
  const { showSettings } = useActions();
  if (!status || live === undefined || !isLive(status, live)) return null;
  return (
    <Card
      title="While it serves"
      actions={
        <Button
          look="quiet"
          className="button-small"
          onClick={() => {
            showSettings('heat');
          }}
        >
          Heat and power…
        </Button>
      }
    >
      {live === null ? (
        <p className="quiet">No reading has come yet.</p>
      ) : (
        <LiveReadings status={status} live={live} />
      )}
    </Card>
  );
}

interface Props {
  readonly status: Status;
  readonly live: Live;
}

function LiveReadings({ status, live }: Props) {
  const history = useApp((state) => state.liveHistory);
  const curve = curveWords(history);
  return (
    <>
      <p className="quiet live-device">{live.device}</p>
      {curve === null ? null : (
        <Sparkline
          label={curve}
          points={history.map(({ atMs, celsius }) => ({ at: atMs, value: celsius }))}
          marks={heatMarks(live)}
        />
      )}
      <Facts facts={liveFacts(status, live)} />
    </>
  );
}
