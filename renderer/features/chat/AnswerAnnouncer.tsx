/** Tells screen readers when an answer begins and how it ended; reading every word aloud would be noise. */
import { useEffect, useState } from 'react';
import type { AppState } from '../../store/app-state.ts';
import { messageIds } from '../../store/selectors.ts';
import { useAppContext } from '../../store/use-app.tsx';
import { announce, NOTHING_SAID } from './announcement.ts';

export function AnswerAnnouncer() {
  const { store } = useAppContext();
  const [said, setSaid] = useState(() => announce(NOTHING_SAID, lastMessage(store.getState())));
  // Every state in turn: a short answer may begin and end between two drawings of the page.
  useEffect(
    () =>
      store.subscribe((state) => {
        setSaid((before) => announce(before, lastMessage(state)));
      }),
    [store],
  );
  return (
    <p className="only-read" role="status" aria-live="polite">
      {said.text}
    </p>
  );
}

function lastMessage(state: AppState) {
  return state.messages[messageIds(state).at(-1) ?? ''];
}
