/** Settings: how warm and how loud this computer may get for others, and how much it may draw. */
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { OptionalForm } from '../../ui/OptionalForm.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { LIMIT_PLAN, TARGET_PLAN } from './governor-form.ts';

export function HeatSection() {
  const settings = useApp((state) => state.snapshot?.settings.governor);
  const refusal = useApp((state) => state.snapshot?.governor.powerRefusal ?? null);
  const { setGovernor } = useActions();
  if (!settings) return null;
  return (
    <Card title="Heat and power" anchor="settings-heat">
      <OptionalForm
        legend="Temperature"
        about="While it serves, Lull works just hard enough to hold this temperature, and it pauses well before the card would be in danger."
        none="What suits the card"
        some="My own"
        plan={TARGET_PLAN}
        value={settings.targetCelsius}
        onSet={(targetCelsius) => void setGovernor({ targetCelsius })}
      />
      <Switch
        label="Quiet nights"
        about="Between 22 and 7 o’clock it serves cooler and slower, so that the fans stay quiet."
        isOn={settings.isQuietAtNight}
        onChange={(isQuietAtNight) => void setGovernor({ isQuietAtNight })}
      />
      <details className="examples-fold settings-fold">
        <summary>More</summary>
        <Switch
          label="Serve though the temperature cannot be read"
          about="Without a temperature Lull cannot see that a fan has failed or that dust blocks the air. It then serves at half speed at most and relies on the card to protect itself. Never done on a laptop."
          isOn={settings.servesWithoutHeat}
          onChange={(servesWithoutHeat) => void setGovernor({ servesWithoutHeat })}
        />
        <OptionalForm
          legend="Power limit of the card"
          about="Most cards lose little speed with a quarter less power. It needs rights that Lull may not have; the old limit is put back when serving ends."
          none="As it is"
          some="At most"
          plan={LIMIT_PLAN}
          value={settings.powerLimitWatts}
          onSet={(powerLimitWatts) => void setGovernor({ powerLimitWatts })}
        />
        {refusal === null || settings.powerLimitWatts === null ? null : (
          <p className="field-fault" role="status">
            {refusal}
          </p>
        )}
      </details>
    </Card>
  );
}
