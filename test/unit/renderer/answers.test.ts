/** Answers in the window, whatever they, their replies and their pieces come to. */
import { describe, expect, it, vi } from 'vitest';
import { NEW_CHAT } from '../../../renderer/store/app-state.ts';
import { createApp } from '../../../renderer/store/create-app.ts';
import {
  isAnswering,
  messageIds,
  messageText,
  streamingIn,
} from '../../../renderer/store/selectors.ts';
import { lastState, openApp } from './open-app.ts';

describe('an answer', () => {
  it('that ends before the reply to its question keeps its end', async () => {
    const { actions, fake, state, lastText } = await openApp({ pieces: ['Yes.'] });
    const sent = actions.send(NEW_CHAT, 'Well');
    fake.write();
    fake.write();
    await sent;
    expect(lastState(state())).toBe('complete');
    expect(lastText()).toBe('Yes.');
    expect(streamingIn(state(), state().conversationId)).toBeNull();
  });

  it('is not undone by a reply to chat.open that it has overtaken', async () => {
    const first = await openApp();
    await first.actions.send(NEW_CHAT, 'Hi');
    const id = first.state().conversationId ?? '';
    first.fake.write();
    // Another window: it opens the conversation while the answer ends.
    const app = createApp(first.fake.bridge, () => Promise.resolve());
    await app.refresh();
    const opened = app.actions.openConversation(id);
    for (let count = 0; count < 3; count += 1) first.fake.write();
    await opened;
    expect(lastState(app.store.getState())).toBe('complete');
    expect(app.store.getState().live).toEqual({});
  });

  it('is followed by a window that opens in the middle of it', async () => {
    const first = await openApp();
    await first.actions.send(NEW_CHAT, 'Hi');
    const id = first.state().conversationId ?? '';
    first.fake.write();
    const app = createApp(first.fake.bridge, () => Promise.resolve());
    await app.refresh();
    await app.actions.openConversation(id);
    first.fake.write();
    const state = app.store.getState();
    const message = state.messages[messageIds(state).at(-1) ?? ''];
    expect(message && messageText(state, message)).toBe('Hello, ');
  });

  it('is whole in a window that opens it in the middle, though the next piece begins as the text ends', async () => {
    const first = await openApp({ pieces: ['They all', ' fel', 'l down'] });
    await first.actions.send(NEW_CHAT, 'Hi');
    const id = first.state().conversationId ?? '';
    first.fake.write();
    first.fake.write();
    const second = createApp(first.fake.bridge, () => Promise.resolve());
    await second.refresh();
    await second.actions.openConversation(id);
    first.fake.write();
    const state = second.store.getState();
    const message = state.messages[messageIds(state).at(-1) ?? ''];
    expect(message && messageText(state, message)).toBe('They all fell down');
  });

  it('is read again when pieces were lost on the way', async () => {
    const { actions, fake, state, lastText } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const messageId = streamingIn(state(), state().conversationId) ?? '';
    const conversationId = state().conversationId ?? '';
    for (let sequence = 3; sequence < 12; sequence += 1) {
      fake.delta({ messageId, conversationId, sequence, text: 'x' });
    }
    await vi.waitFor(() => {
      expect(fake.calls.some(({ name }) => name === 'chat.open')).toBe(true);
    });
    fake.write();
    expect(lastText()).toBe('Hello');
  });

  it('is asked for once when it cannot be read again, and stays on the screen', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const messageId = streamingIn(state(), state().conversationId) ?? '';
    const conversationId = state().conversationId ?? '';
    fake.failNext('chat.open', 'internal');
    for (let sequence = 3; sequence < 12; sequence += 1) {
      fake.delta({ messageId, conversationId, sequence, text: 'x' });
    }
    await vi.waitFor(() => {
      expect(state().toasts).toMatchObject([{ kind: 'failure', failure: { code: 'internal' } }]);
    });
    fake.delta({ messageId, conversationId, sequence: 12, text: 'x' });
    expect(state().chats[conversationId]?.state).toBe('ready');
    expect(messageIds(state())).toHaveLength(2);
    expect(fake.calls.filter(({ name }) => name === 'chat.open')).toHaveLength(1);
  });

  it('can be stopped, and one that has just ended by itself is no failure', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const id = streamingIn(state(), state().conversationId) ?? '';
    fake.write();
    await actions.stop(id);
    expect(lastState(state())).toBe('stopped');
    await actions.stop(id);
    expect(state().toasts).toEqual([]);
  });

  it('is replaced by the one asked for again', async () => {
    const { actions, fake, state, lastText } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    fake.breakAnswers('engine-crashed');
    await vi.waitFor(() => {
      expect(lastState(state())).toBe('failed');
    });
    const failedId = messageIds(state()).at(-1) ?? '';
    await actions.regenerate(failedId);
    expect(messageIds(state())).toHaveLength(2);
    expect(state().messages[failedId]).toBeUndefined();
    fake.write();
    expect(lastText()).toBe('Hello');
  });

  it.each(['stopped', 'interrupted', 'failed'] as const)(
    'that was there before comes back when the new one is %s before its first word',
    async (end) => {
      const { actions, fake, state } = await openApp({ pieces: ['Old.'] });
      await actions.send(NEW_CHAT, 'Hi');
      fake.write();
      fake.write();
      const oldId = messageIds(state()).at(-1) ?? '';
      await actions.regenerate(oldId);
      const newId = streamingIn(state(), state().conversationId) ?? '';
      expect(messageIds(state())).not.toContain(oldId);
      const message = state().messages[newId];
      if (!message) throw new Error('nothing is being written');
      fake.end({ ...message, state: end });
      await vi.waitFor(() => {
        expect(messageIds(state())).toContain(oldId);
      });
      expect(state().messages[oldId]?.text).toBe('Old.');
      expect(messageIds(state()).includes(newId)).toBe(end === 'failed');
      expect(streamingIn(state(), state().conversationId)).toBeNull();
    },
  );

  it('that is being asked for again is shown in its place by a window that opens meanwhile', async () => {
    const first = await openApp();
    await first.actions.send(NEW_CHAT, 'Hi');
    const id = first.state().conversationId ?? '';
    for (let count = 0; count < 4; count += 1) first.fake.write();
    await first.actions.regenerate(messageIds(first.state()).at(-1) ?? '');
    const second = createApp(first.fake.bridge, () => Promise.resolve());
    await second.refresh();
    await second.actions.openConversation(id);
    expect(messageIds(second.store.getState())).toHaveLength(2);
    expect(streamingIn(second.store.getState(), id)).not.toBeNull();
  });

  it('marks its conversation even when another one is open', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const id = state().conversationId ?? '';
    actions.newChat();
    fake.write();
    expect(isAnswering(state(), id)).toBe(true);
  });
});
