/** A tick, a cross or a question mark. */
import type { ReceiptCheckView } from '../../../electron/ipc/network.ts';
import { assertNever } from '../../assert-never.ts';
import { CheckIcon, CloseIcon, HelpIcon } from '../../ui/icons.tsx';

export function OutcomeIcon({ outcome }: Pick<ReceiptCheckView, 'outcome'>) {
  switch (outcome) {
    case 'ok':
      return <CheckIcon />;
    case 'wrong':
      return <CloseIcon />;
    case 'unseen':
      return <HelpIcon />;
    default:
      return assertNever(outcome);
  }
}
