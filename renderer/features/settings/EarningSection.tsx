/** Settings: whether this computer earns, when it serves, and what happens after a restart. */
import type { PresencePolicy, Status } from '../../../electron/ipc/status.ts';
import { minutesWords } from '../../../electron/ipc/reason-words.ts';
import { policyWords } from '../../../electron/ipc/status-words.ts';
import { awaySecondsOf } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Switch } from '../../ui/Switch.tsx';

interface PolicyOption {
  readonly value: PresencePolicy;
  readonly name: string;
  readonly about: string;
}

const policies = (awaySeconds: number): readonly PolicyOption[] => [
  {
    value: 'away',
    name: 'While I am away',
    about: `After ${minutesWords(awaySeconds)} without mouse or keyboard, sooner with the screen locked. It stops as soon as you are back.`,
  },
  {
    value: 'locked',
    name: 'Only while the screen is locked',
    about: 'From 30 seconds after you lock it until you unlock it.',
  },
  {
    value: 'always',
    name: 'Serve now, even while I work',
    about: 'At half speed, and your own questions always go first.',
  },
];

export function EarningSection() {
  const earning = useApp((state) => state.snapshot?.settings.earning);
  const status = useApp((state) => state.snapshot?.status);
  const awaySeconds = useApp(awaySecondsOf);
  const { setEarning, setPresence, setAfterRestart } = useActions();
  if (!earning || !status) return null;
  return (
    <Card title="Earning" anchor="settings-earning">
      <Switch
        label="Earn with this computer"
        about="It answers questions that come over the practice network, but never while it runs on battery."
        isOn={earning.isOn}
        onChange={(on) => void setEarning(on)}
      />
      {earning.isOn && status.mode === 'off' ? <Held /> : null}
      <Choices
        legend="When to serve"
        options={policies(awaySeconds)}
        chosen={earning.presence}
        onChoose={(presence) => void setPresence(presence)}
      />
      <Overruled status={status} awaySeconds={awaySeconds} />
      <Switch
        label="Go on after a restart"
        about="When the system starts Lull at log-in, earning goes on by itself. Without this, Lull waits for you. A start by hand always goes on where it was."
        isOn={earning.afterRestart}
        onChange={(on) => void setAfterRestart(on)}
      />
    </Card>
  );
}

/** Turned on, but after a restart that the owner did not make. */
function Held() {
  const { setEarning } = useActions();
  return (
    <div className="strip">
      <p>Lull was started by the system and waits for you.</p>
      <Button onClick={() => void setEarning(true)}>Go on earning</Button>
    </div>
  );
}

interface OverruledProps {
  readonly status: Status;
  readonly awaySeconds: number;
}

/** The choice above does not decide while somebody else has chosen. */
function Overruled({ status: { chosenBy, policy }, awaySeconds }: OverruledProps) {
  if (chosenBy === 'owner') return null;
  return (
    <p className="quiet">
      {chosenBy === 'trial'
        ? `While you try earning, it serves ${policyWords(policy, awaySeconds)}.`
        : `Lull was started with a choice of its own: until it ends, it serves ${policyWords(policy, awaySeconds)}.`}
    </p>
  );
}
