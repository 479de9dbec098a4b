/** The very first screen: one sentence, one button, and quietly below what happens meanwhile. */
import { useState } from 'react';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { LullMark } from '../../ui/LullMark.tsx';
import { Notices } from '../Notices.tsx';
import { readinessLine } from './readiness-line.ts';

export function WelcomeScreen() {
  const { begin } = useActions();
  const [isBeginning, setBeginning] = useState(false);

  function onBegin(): void {
    if (isBeginning) return;
    setBeginning(true);
    void begin().finally(() => {
      setBeginning(false);
    });
  }

  return (
    <main className="welcome">
      <Notices />
      <div className="welcome-middle">
        <LullMark size={72} />
        <h1>
          Lull runs an AI model on your own computer, and can earn with it while you are away.
        </h1>
        <Button
          look="primary"
          className="welcome-button"
          autoFocus
          aria-disabled={isBeginning}
          onClick={onBegin}
        >
          Start chatting
        </Button>
        <div className="welcome-quiet">
          <p>Nothing you write leaves this computer.</p>
          <p>Nothing is served to anybody, and nothing is paid, before you click for it.</p>
        </div>
      </div>
      <Readiness />
    </main>
  );
}

function Readiness() {
  const line = useApp(({ snapshot }) => (snapshot ? readinessLine(snapshot.setup) : ''));
  return <p className="welcome-readiness">{line}</p>;
}
