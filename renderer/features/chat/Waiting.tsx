/** Before the first word of an answer: what is going on. */
import type { AppState } from '../../store/app-state.ts';
import { formatPercent } from '../../format/numbers.ts';
import { useApp } from '../../store/use-app.tsx';

export function Waiting({ messageId }: { readonly messageId: string }) {
  const words = useApp((state) => waitingWords(state, messageId));
  return (
    <p className="waiting">
      <span className="waiting-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {words}
    </p>
  );
}

/** For an answer that nothing has been read of yet. */
export function waitingWords({ snapshot, askedVia }: AppState, messageId: string): string {
  if (askedVia[messageId] === 'network') {
    const network = snapshot?.network;
    if (network?.state === 'starting') return network.detail ?? 'The network starts';
    return 'Waiting for the Supplier';
  }
  const { state, loadProgress = null } = snapshot?.engine ?? {};
  if (state !== 'loading' && state !== 'asleep') return 'Reading the question';
  return `Loading the model${loadProgress === null ? '' : `, ${formatPercent(loadProgress)}`}`;
}
