/** Runs what the buttons of Home stand for. */
import type { FixAction } from '../../../electron/ipc/doctor.ts';
import { useActions } from '../../store/use-app.tsx';
import { HOUR_MINUTES, type HomeAct } from './home-words.ts';

export function useHomeAct(): (act: HomeAct) => Promise<void> | void {
  const actions = useActions();
  return (act) => {
    switch (act) {
      case 'turn-on':
        return actions.setEarning(true);
      case 'turn-off':
        return actions.setEarning(false);
      case 'pause':
        return actions.pauseEarning(HOUR_MINUTES);
      case 'resume':
        return actions.pauseEarning(0);
      case 'serve-now':
        return actions.serveNow();
      case 'serve-when-away':
        return actions.setPresence('away');
      case 'stop-trial':
        return actions.stopEarning();
      case 'open-model':
        actions.showTab('models');
        return undefined;
      case 'restart-engine':
        return actions.restartEngine();
      case 'self-test':
        return actions.runSelfTest();
      case 'open-giving-back':
        actions.showSettings('giving-back');
        return undefined;
      case 'open-heat':
        actions.showSettings('heat');
        return undefined;
      case 'open-electricity':
        actions.showSettings('electricity');
        return undefined;
    }
  };
}

/** The way out that a check offers. */
export function useFix(): (fix: FixAction) => Promise<void> | void {
  const actions = useActions();
  return (fix) => {
    switch (fix) {
      case 'open-model':
        actions.showTab('models');
        return undefined;
      case 'probe-again':
        return actions.probeAgain();
      case 'retry-setup':
        return actions.retrySetup();
      case 'start-earning':
        return actions.setEarning(true);
      case 'resume-earning':
        return actions.pauseEarning(0);
      case 'serve-now':
        return actions.serveNow();
      case 'open-data-folder':
        return actions.openDataFolder();
      case 'open-settings':
        actions.showTab('settings');
        return undefined;
      case 'open-network':
        actions.showSettings('network');
        return undefined;
    }
  };
}
