/** The keys that work anywhere in the window. */
import { useEffect } from 'react';
import { streamingIn } from '../store/selectors.ts';
import { useAppContext, type Actions, type App } from '../store/use-app.tsx';

/** The conversation filter, which Ctrl or Cmd and K puts the cursor into. */
export const FILTER_ID = 'conversation-filter';

export function useShortcuts(): void {
  const app = useAppContext();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // A question that is open has to be answered first; it hears its own keys.
      const asked = document.querySelector('dialog[open]') !== null;
      if (event.defaultPrevented || event.isComposing || asked) return;
      if (event.key === 'Escape') onEscape(app);
      else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        if (onCommandKey(app, event.key)) event.preventDefault();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [app]);
}

function onCommandKey({ actions }: App, key: string): boolean {
  switch (key.toLowerCase()) {
    case 'n':
      actions.newChat();
      return true;
    case ',':
      actions.showTab('settings');
      return true;
    case 'l':
      actions.showTab('models');
      return true;
    case 'k':
      focusFilter(actions);
      return true;
    default:
      return false;
  }
}

/** In a narrow window the field is only there once the rail has opened. */
function focusFilter(actions: Actions): void {
  const field = document.getElementById(FILTER_ID);
  if (field?.checkVisibility() !== true) actions.setRailOpen(true);
  field?.focus();
  requestAnimationFrame(() => field?.focus());
}

/** Closes what is open, else stops the answer. A menu closes by itself. */
function onEscape({ store, actions }: App): void {
  if (document.querySelector(':popover-open')) return;
  const state = store.getState();
  if (state.railOpen) {
    actions.setRailOpen(false);
    return;
  }
  const messageId = state.tab === 'chat' ? streamingIn(state, state.conversationId) : null;
  if (messageId !== null) void actions.stop(messageId);
}
