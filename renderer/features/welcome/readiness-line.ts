/** How far the preparation has come, in one line. */
import type { Setup } from '../../../electron/ipc/snapshot.ts';
import { formatPercent } from '../../format/numbers.ts';
import { runningStep } from '../../store/selectors.ts';

export function readinessLine(setup: Setup): string {
  switch (setup.phase) {
    case 'done':
      return 'Ready for your first question.';
    case 'failed':
      return 'Getting ready did not work; the chat says why.';
    case 'cancelled':
      return 'Getting ready was stopped; the chat can start it again.';
    case 'running': {
      const step = runningStep(setup.steps);
      if (!step) return 'Getting ready';
      const share = step.progress === null ? '' : `, ${formatPercent(step.progress)}`;
      return `Getting ready: ${step.title}${share}`;
    }
  }
}
