/** Settings: light, dark, or whatever the desktop says. */
import type { Theme } from '../../../electron/ipc/snapshot.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';

const THEMES: readonly { readonly theme: Theme; readonly name: string }[] = [
  { theme: 'system', name: 'Like the system' },
  { theme: 'light', name: 'Light' },
  { theme: 'dark', name: 'Dark' },
];

export function AppearanceSection() {
  const chosen = useApp((state) => state.snapshot?.settings.theme);
  const { setTheme } = useActions();
  return (
    <Card title="Appearance">
      <fieldset className="segments">
        <legend className="only-read">Theme</legend>
        {THEMES.map(({ theme, name }) => (
          <label key={theme} className="segment">
            <input
              type="radio"
              name="theme"
              checked={chosen === theme}
              onChange={() => void setTheme(theme)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
    </Card>
  );
}
