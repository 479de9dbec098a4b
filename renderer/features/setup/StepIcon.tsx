/** How a preparation step stands, as a small sign beside its words. */
import type { SetupStep } from '../../../electron/ipc/snapshot.ts';
import { assertNever } from '../../assert-never.ts';
import { AlertIcon, CheckIcon, CloseIcon } from '../../ui/icons.tsx';

export function StepIcon({ state }: { readonly state: SetupStep['state'] }) {
  return (
    <span className={`step-icon step-icon-${state}`} aria-hidden="true">
      <Sign state={state} />
    </span>
  );
}

function Sign({ state }: { readonly state: SetupStep['state'] }) {
  switch (state) {
    case 'done':
    case 'skipped':
      return <CheckIcon />;
    case 'failed':
      return <AlertIcon />;
    case 'cancelled':
      return <CloseIcon />;
    case 'running':
      return <span className="spinner" />;
    case 'waiting':
      return <span className="step-dot" />;
    default:
      return assertNever(state);
  }
}
