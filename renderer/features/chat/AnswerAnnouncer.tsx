/** Tells screen readers when an answer begins and how it ended; reading every word aloud would be noise. */
import type { AppState } from '../../store/app-state.ts';
import { messageIds } from '../../store/selectors.ts';
import { useApp } from '../../store/use-app.tsx';

export function AnswerAnnouncer() {
  const text = useApp(announcement);
  return (
    <p className="only-read" role="status" aria-live="polite">
      {text}
    </p>
  );
}

function announcement(state: AppState): string {
  const last = state.messages[messageIds(state).at(-1) ?? ''];
  if (last?.role !== 'assistant') return '';
  switch (last.state) {
    case 'streaming':
      return 'The answer is being written.';
    case 'failed':
      return `The answer failed. ${last.failure?.message ?? ''}`;
    case 'stopped':
      return 'The answer was stopped.';
    case 'complete':
      return 'The answer is complete.';
    case 'interrupted':
      return '';
  }
}
