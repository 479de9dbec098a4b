/** Settings: how Lull behaves on this computer, around its window. */
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { Switch } from '../../ui/Switch.tsx';

export function ComputerSection() {
  const startsAtLogin = useApp((state) => state.snapshot?.settings.startsAtLogin === true);
  const isDiscreet = useApp((state) => state.snapshot?.settings.isDiscreet === true);
  const { setStartsAtLogin, setDiscreet } = useActions();
  return (
    <Card title="This computer">
      <Switch
        label="Start when I log in"
        about="Lull starts quietly, without opening its window."
        isOn={startsAtLogin}
        onChange={(on) => void setStartsAtLogin(on)}
      />
      <Switch
        label="Discreet mode"
        about="Amounts and addresses become dots, for screens that others see. What you are about to sign is always shown."
        isOn={isDiscreet}
        onChange={(on) => void setDiscreet(on)}
      />
      <p className="quiet">
        When you close the window, Lull stays as an icon in the tray only while earning is on or an
        answer is being written, and only where the desktop shows such icons. Otherwise it quits.
        Before it quits it says what is still under way.
      </p>
    </Card>
  );
}
