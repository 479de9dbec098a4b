/** Settings: the model, the engine, the endpoint, the network, the look of the window, and what Lull is. */
import { useApp } from '../../store/use-app.tsx';
import { Notices } from '../Notices.tsx';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { EndpointSection } from './EndpointSection.tsx';
import { EngineSection } from './EngineSection.tsx';
import { ModelSection } from './ModelSection.tsx';
import { NetworkSection } from './NetworkSection.tsx';

export function SettingsScreen() {
  const started = useApp((state) => state.snapshot !== null);
  return (
    <div className="settings">
      <header className="screen-head">
        <h1>Settings</h1>
      </header>
      <Notices />
      <div className="settings-scroll" tabIndex={0} role="region" aria-label="Settings">
        <div className="settings-column">
          {started ? (
            <>
              <ModelSection />
              <EngineSection />
              <EndpointSection />
              <NetworkSection />
              <AppearanceSection />
              <AboutSection />
            </>
          ) : (
            <p className="quiet">Starting</p>
          )}
        </div>
      </div>
    </div>
  );
}
