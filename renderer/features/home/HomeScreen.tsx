/** Home: whether this computer earns, why or why not, what today came to, and whether everything is in order. */
import { useApp } from '../../store/use-app.tsx';
import { NextCard } from '../next/NextCard.tsx';
import { Notices } from '../Notices.tsx';
import { ChecksCard } from './ChecksCard.tsx';
import { StateCard } from './StateCard.tsx';

export function HomeScreen() {
  const started = useApp((state) => state.snapshot !== null);
  return (
    <div className="settings">
      <header className="screen-head">
        <h1>Home</h1>
      </header>
      <Notices />
      <div className="settings-scroll" tabIndex={0} role="region" aria-label="Home">
        <div className="settings-column">
          {started ? (
            <>
              <StateCard />
              <NextCard withSkipped />
              <ChecksCard />
            </>
          ) : (
            <p className="quiet">Starting</p>
          )}
        </div>
      </div>
    </div>
  );
}
