/** Settings: another server that answers instead of our own engine, for whoever runs one already. */
import { useState } from 'react';
import type { ExternalServer } from '../../../electron/ipc/snapshot.ts';
import { usedServer } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { ServerForm } from './ServerForm.tsx';
import { serverFailure, serverState } from './server-state.ts';

const SECTION_ID = 'settings-server';

export function ServerSection() {
  const server = useApp(usedServer);
  const state = useApp(({ snapshot }) => (snapshot ? serverState(snapshot) : ''));
  // Kept while the server is used, so that stopping and using it again costs no typing.
  const [typed, setTyped] = useState({
    address: server?.baseUrl ?? '',
    model: server?.model ?? '',
  });
  const { onPress } = useKeptFocus<HTMLElement>(SECTION_ID);
  return (
    <Card title="Another server" anchor={SECTION_ID}>
      <About />
      <p role="status" className="server-state">
        {state}
      </p>
      {server ? (
        <UsedServer server={server} onPress={onPress} />
      ) : (
        <ServerForm typed={typed} onType={setTyped} onSend={onPress} />
      )}
    </Card>
  );
}

function About() {
  const name = useApp(({ snapshot }) => snapshot?.model.current?.name ?? null);
  const isStarter = useApp(({ snapshot }) => snapshot?.model.current?.isStarter === true);
  return (
    <>
      <p className="quiet">
        If Ollama, vLLM or llama-server runs your model already, it can answer instead of Lull’s own
        engine: your questions then go to that server, and so do the relays of others. It has to be
        the very model that is in use here{name === null ? '' : `, ${name}`}, because Lull counts
        tokens with its file.
      </p>
      {isStarter ? (
        <p className="quiet">
          The model in use is the test model: open the file of the server’s model first.
        </p>
      ) : null}
    </>
  );
}

interface UsedProps {
  readonly server: ExternalServer;
  readonly onPress: (button: HTMLElement) => void;
}

function UsedServer({ server, onPress }: UsedProps) {
  const failure = useApp(({ snapshot }) => (snapshot ? serverFailure(snapshot.engine) : null));
  const { setServer } = useActions();
  return (
    <>
      {failure ? <FailureNote failure={failure} /> : null}
      <Facts
        facts={[
          { name: 'Address', value: server.baseUrl, isCode: true },
          { name: 'Model there', value: server.model, isCode: true },
        ]}
      />
      <Button
        onClick={({ currentTarget }) => {
          onPress(currentTarget);
          void setServer(null);
        }}
      >
        Stop using it
      </Button>
    </>
  );
}
