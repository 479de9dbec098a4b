/** Settings: version, where the data is, and what happens to it. */
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';

export function AboutSection() {
  const app = useApp((state) => state.snapshot?.app);
  const { openDataFolder } = useActions();
  if (!app) return null;
  return (
    <Card
      title="About"
      actions={<Button onClick={() => void openDataFolder()}>Open data folder</Button>}
    >
      <p>
        Everything stays on this computer: your questions, the answers and the models. Lull sends
        nothing anywhere.
      </p>
      <Facts
        facts={[
          { name: 'Version', value: `Lull ${app.version}` },
          { name: 'Runtime', value: app.runtime },
          { name: 'Data folder', value: app.dataFolder },
        ]}
      />
    </Card>
  );
}
