/** Settings: version, where the data is, and what happens to it. */
import { serverName } from '../../format/server-words.ts';
import { usedServer } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';

export function AboutSection() {
  const app = useApp((state) => state.snapshot?.app);
  const server = useApp(usedServer);
  const { openDataFolder } = useActions();
  if (!app) return null;
  return (
    <Card
      title="About"
      actions={<Button onClick={() => void openDataFolder()}>Open data folder</Button>}
    >
      <p>
        {server
          ? `Your conversations and models are kept on this computer, and your questions go to ${serverName(server)}, as you chose. Lull sends nothing anywhere else.`
          : 'Everything stays on this computer: your questions, the answers and the models. Lull sends nothing anywhere.'}
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
