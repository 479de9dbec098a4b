/** The window's store and actions on a bridge in memory, without a page. */
import { vi } from 'vitest';
import type { AppState } from '../../../renderer/store/app-state.ts';
import { createApp } from '../../../renderer/store/create-app.ts';
import { messageIds, messageText } from '../../../renderer/store/selectors.ts';
import { createFakeBridge, type FakeBridgeOptions } from '../../fakes/fake-bridge.ts';

export async function openApp(options: FakeBridgeOptions = {}) {
  const fake = createFakeBridge(options);
  const writeClipboard = vi.fn(() => Promise.resolve());
  const app = createApp(fake.bridge, writeClipboard);
  await app.refresh();
  const state = () => app.store.getState();
  const lastText = () => {
    const message = state().messages[messageIds(state()).at(-1) ?? ''];
    return message ? messageText(state(), message) : null;
  };
  return { ...app, fake, state, lastText, writeClipboard };
}

export function lastState(state: AppState): string | undefined {
  return state.messages[messageIds(state).at(-1) ?? '']?.state;
}
