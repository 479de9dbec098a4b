/** Settings: the model, earning, this computer, the network, the look of the window, and what runs underneath. */
import { useLayoutEffect } from 'react';
import { useApp } from '../../store/use-app.tsx';
import { CardScreen } from '../CardScreen.tsx';
import { AboutSection } from './AboutSection.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { ComputerSection } from './ComputerSection.tsx';
import { EarningSection } from './EarningSection.tsx';
import { ElectricitySection } from './ElectricitySection.tsx';
import { EndpointSection } from './EndpointSection.tsx';
import { EngineSection } from './EngineSection.tsx';
import { GivingBackSection } from './GivingBackSection.tsx';
import { HeatSection } from './HeatSection.tsx';
import { ModelSection } from './ModelSection.tsx';
import { NetworkSection } from './NetworkSection.tsx';
import { SensorsSection } from './SensorsSection.tsx';
import { ServerSection } from './ServerSection.tsx';

export function SettingsScreen() {
  useOpenedPart();
  return (
    <CardScreen title="Settings">
      <ModelSection />
      <EarningSection />
      <GivingBackSection />
      <HeatSection />
      <ElectricitySection />
      <SensorsSection />
      <ComputerSection />
      <NetworkSection />
      <AppearanceSection />
      <EngineSection />
      <ServerSection />
      <EndpointSection />
      <AboutSection />
    </CardScreen>
  );
}

/** Whoever was led to one part finds it at the top, with the focus on it. */
function useOpenedPart(): void {
  const part = useApp((state) => state.settingsPart);
  useLayoutEffect(() => {
    if (part === null) return;
    const section = document.getElementById(`settings-${part}`);
    section?.scrollIntoView();
    section?.focus({ preventScroll: true });
  }, [part]);
}
