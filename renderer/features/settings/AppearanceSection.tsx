/** Settings: light, dark, or whatever the desktop says. */
import type { Theme } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { Segments } from '../../ui/Segments.tsx';

const THEMES: readonly { readonly value: Theme; readonly name: string }[] = [
  { value: 'system', name: 'Like the system' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
];

export function AppearanceSection() {
  const chosen = useApp((state) => state.snapshot?.settings.theme);
  const { setTheme } = useActions();
  return (
    <Card title="Appearance">
      <Segments
        legend="Theme"
        options={THEMES}
        chosen={chosen}
        onChoose={(theme) => void setTheme(theme)}
      />
    </Card>
  );
}
