/** Whether this computer serves, as a dot beside words that say the same. */
import type { Status } from '../../electron/ipc/status.ts';

export function StatusDot({ status }: { readonly status: Status }) {
  const isBusy = status.relaysInFlight > 0 ? ' status-dot-busy' : '';
  return <span className={`status-dot status-dot-${status.mode}${isBusy}`} aria-hidden="true" />;
}
