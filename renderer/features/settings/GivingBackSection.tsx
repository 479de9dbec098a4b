/** Settings: when this computer is given back to its owner, and what relays have to give way to. */
import type { GovernorSettings } from '../../../electron/ipc/governor.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { OptionalForm } from '../../ui/OptionalForm.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { AppList } from './AppList.tsx';
import { HOURS_PLAN } from './governor-form.ts';

type StartAfter = `${GovernorSettings['startAfterSeconds']}`;

const STARTS: readonly { readonly value: StartAfter; readonly name: string }[] = [
  { value: '60', name: '1 min' },
  { value: '180', name: '3 min' },
  { value: '300', name: '5 min' },
  { value: '600', name: '10 min' },
];

const SECONDS: Readonly<Record<StartAfter, GovernorSettings['startAfterSeconds']>> = {
  '60': 60,
  '180': 180,
  '300': 300,
  '600': 600,
};

export function GivingBackSection() {
  const settings = useApp((state) => state.snapshot?.settings.governor);
  const { setGovernor } = useActions();
  if (!settings) return null;
  return (
    <Card title="Giving this computer back" anchor="settings-giving-back">
      <div className="optional">
        <p className="optional-title">You are away after</p>
        <p className="quiet">
          So long without a key or a move of the mouse. At the first one, relays stop at once.
        </p>
        <Segments
          legend="You are away after"
          size="small"
          options={STARTS}
          chosen={`${settings.startAfterSeconds}`}
          onChoose={(value) => void setGovernor({ startAfterSeconds: SECONDS[value] })}
        />
      </div>
      <AppList
        legend="Programs to give way to"
        about="Lull gives way to games and to whatever fills the screen or uses the graphics card by itself. Add what it cannot see, by the name in the list of running programs."
        names={settings.games}
        onChange={(games) => void setGovernor({ games: [...games] })}
      />
      <OptionalForm
        legend="Hours"
        about="Outside of them, nothing is served."
        none="Any time"
        some="Only between"
        plan={HOURS_PLAN}
        value={settings.hours}
        onSet={(hours) => void setGovernor({ hours })}
      />
      <details className="examples-fold settings-fold">
        <summary>More</summary>
        <AppList
          legend="Programs that may run beside relays"
          about="Relays go on beside them, even full screen or on the graphics card. “Allow this next time” on Home adds to this list."
          names={settings.allowedApps}
          onChange={(allowedApps) => void setGovernor({ allowedApps: [...allowedApps] })}
        />
        <Switch
          label="Serve over a connection that is paid for by volume"
          about="A telephone’s for example. Relays need little: a few kilobytes each."
          isOn={settings.servesOnMetered}
          onChange={(servesOnMetered) => void setGovernor({ servesOnMetered })}
        />
      </details>
    </Card>
  );
}
