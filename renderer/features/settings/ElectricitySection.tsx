/** Settings: what electricity costs and what coins are worth to the owner, so that only what pays is served. */
import type { GovernorSettings, Money } from '../../../electron/ipc/governor.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { OptionalForm } from '../../ui/OptionalForm.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { awakeWords } from './awake-words.ts';
import { CHEAP_PLAN, PRICE_PLAN, WATTS_PLAN, worthPlan } from './governor-form.ts';

export function ElectricitySection() {
  const settings = useApp((state) => state.snapshot?.settings.governor);
  const money = useApp((state) => state.snapshot?.governor.money);
  const symbol = useApp((state) => state.snapshot?.network.asset.symbol);
  if (!settings || !money || symbol === undefined) return null;
  return (
    <Card title="Electricity" anchor="settings-electricity">
      <Tariff tariff={settings.tariff} />
      <Switches settings={settings} money={money} />
      <details className="examples-fold settings-fold">
        <summary>More</summary>
        <Exact settings={settings} symbol={symbol} />
      </details>
    </Card>
  );
}

function Tariff({ tariff }: Pick<GovernorSettings, 'tariff'>) {
  const { setGovernor } = useActions();
  return (
    <>
      <OptionalForm
        legend="Price of electricity"
        about="It is on your bill. With it, Lull tells what serving costs. It stays on this computer."
        none="Not known"
        some="Known"
        plan={PRICE_PLAN}
        value={tariff}
        onSet={(price) =>
          void setGovernor({ tariff: price && { ...price, cheap: tariff?.cheap ?? null } })
        }
      />
      {tariff === null ? null : (
        <OptionalForm
          legend="Cheaper hours"
          about="For tariffs with a price of their own at night or at noon."
          none="None"
          some="Between"
          plan={CHEAP_PLAN}
          value={tariff.cheap}
          onSet={(cheap) => void setGovernor({ tariff: { ...tariff, cheap } })}
        />
      )}
    </>
  );
}

interface SwitchesProps {
  readonly settings: GovernorSettings;
  readonly money: Money;
}

function Switches({ settings, money }: SwitchesProps) {
  const { setGovernor } = useActions();
  const isDiscreet = useDiscreet();
  return (
    <>
      <Switch
        label="Stop when it costs more than it earns"
        about={
          settings.tariff === null
            ? 'It begins to count once the price of electricity is known here.'
            : 'Measured over the last hour. It goes on by itself once it pays again.'
        }
        isOn={settings.stopsBelowBreakEven}
        onChange={(stopsBelowBreakEven) => void setGovernor({ stopsBelowBreakEven })}
      />
      <Switch
        label="Keep this computer awake while there is paid work"
        about={awakeWords(money, (text) => veiled(text, isDiscreet))}
        isOn={settings.keepsAwake}
        onChange={(keepsAwake) => void setGovernor({ keepsAwake })}
      />
    </>
  );
}

interface ExactProps {
  readonly settings: GovernorSettings;
  readonly symbol: string;
}

function Exact({ settings, symbol }: ExactProps) {
  const { setGovernor } = useActions();
  const { tariff } = settings;
  return (
    <>
      <OptionalForm
        legend="Watts at the plug"
        about="If you have a meter at the plug: what the whole computer draws. Else the card’s own reading is used, which knows nothing of the rest."
        none="As the card reports"
        some="As I measured"
        plan={WATTS_PLAN}
        value={settings.measuredWatts}
        onSet={(measuredWatts) => void setGovernor({ measuredWatts })}
      />
      {tariff === null ? (
        <p className="quiet">
          Once the price of electricity is known, you can say what a {symbol} is worth to you.
        </p>
      ) : (
        <OptionalForm
          legend={`Worth of one ${symbol}`}
          about={`${symbol} is practice money and is worth nothing. A figure here only lets you try the sums, and the stop above.`}
          none="Nothing"
          some="As I say"
          plan={worthPlan(symbol, tariff.currency)}
          value={settings.microsPerCoin}
          onSet={(microsPerCoin) => void setGovernor({ microsPerCoin })}
        />
      )}
    </>
  );
}
