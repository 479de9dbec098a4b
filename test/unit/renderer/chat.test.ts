/** The window's chat against a bridge in memory: what the reader sees after each thing that can happen. */
import { describe, expect, it, vi } from 'vitest';
import { NEW_CHAT, type AppState } from '../../../renderer/store/app-state.ts';
import { createApp } from '../../../renderer/store/create-app.ts';
import {
  isAnswering,
  messageIds,
  messageText,
  sendBlock,
  streamingIn,
} from '../../../renderer/store/selectors.ts';
import { createFakeBridge, type FakeBridgeOptions } from '../../fakes/fake-bridge.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

async function openApp(options: FakeBridgeOptions = {}) {
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

function lastState(state: AppState): string | undefined {
  return state.messages[messageIds(state).at(-1) ?? '']?.state;
}

describe('a question', () => {
  it('starts a conversation, streams and ends', async () => {
    const { actions, fake, state, lastText } = await openApp();
    actions.setDraft(NEW_CHAT, 'Hi there');
    await actions.send(NEW_CHAT, 'Hi there');
    expect(state().conversationId).not.toBeNull();
    expect(state().drafts).toEqual({});
    expect(lastState(state())).toBe('streaming');
    fake.write();
    fake.write();
    expect(lastText()).toBe('Hello, ');
    fake.write();
    fake.write();
    expect(lastState(state())).toBe('complete');
    expect(lastText()).toBe('Hello, world.');
    expect(state().live).toEqual({});
  });

  it('is not sent twice while the first sending runs', async () => {
    const { actions, fake } = await openApp();
    await Promise.all([actions.send(NEW_CHAT, 'Hi'), actions.send(NEW_CHAT, 'Hi')]);
    expect(fake.calls.filter(({ name }) => name === 'chat.send')).toHaveLength(1);
  });

  it('stays in the composer when it could not be sent', async () => {
    const { actions, fake, state } = await openApp();
    fake.failNext('chat.send', 'disk-full');
    actions.setDraft(NEW_CHAT, 'Hi');
    await actions.send(NEW_CHAT, 'Hi');
    expect(state().drafts[NEW_CHAT]).toBe('Hi');
    expect(state().sendFailures[NEW_CHAT]?.code).toBe('disk-full');
    await actions.send(NEW_CHAT, 'Hi');
    expect(state().sendFailures).toEqual({});
    expect(state().drafts).toEqual({});
  });

  it('does not pull the reader back who has gone elsewhere meanwhile', async () => {
    const conversations = [{ id: 'other', title: 'Other', createdAtMs: 1, updatedAtMs: 1 }];
    const { actions, state } = await openApp({ snapshot: fakeSnapshot({ conversations }) });
    const sent = actions.send(NEW_CHAT, 'Hi');
    await actions.openConversation('other');
    await sent;
    expect(state().conversationId).toBe('other');
  });

  it('waits while an answer is being written', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'One');
    const id = state().conversationId ?? '';
    await actions.send(id, 'Two');
    expect(fake.calls.filter(({ name }) => name === 'chat.send')).toHaveLength(1);
  });
});

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
      expect(lastText()).not.toBe('');
    });
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

  it('marks its conversation even when another one is open', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const id = state().conversationId ?? '';
    actions.newChat();
    fake.write();
    expect(isAnswering(state(), id)).toBe(true);
  });
});

describe('a conversation', () => {
  it('that is deleted is left and forgotten', async () => {
    const { actions, state } = await openApp();
    await actions.send(NEW_CHAT, 'Hi');
    const id = state().conversationId ?? '';
    await actions.remove(id);
    expect(state().conversationId).toBeNull();
    expect(state().chats).toEqual({});
    expect(state().messages).toEqual({});
  });

  it('that cannot be opened says why and opens on the second try', async () => {
    const conversations = [{ id: 'c', title: 'C', createdAtMs: 1, updatedAtMs: 1 }];
    const { actions, fake, state } = await openApp({ snapshot: fakeSnapshot({ conversations }) });
    fake.failNext('chat.open', 'internal');
    await actions.openConversation('c');
    expect(state().chats.c?.failure?.code).toBe('internal');
    await actions.openConversation('c');
    expect(state().chats.c?.state).toBe('ready');
  });
});

describe('a failed command', () => {
  it('is shown with its code and its details', async () => {
    const { actions, fake, state } = await openApp();
    fake.failNext('model.choose', 'model-foreign', 'magic 50 4b 03 04');
    await actions.chooseModel();
    expect(state().toasts).toMatchObject([
      { kind: 'failure', failure: { code: 'model-foreign', details: 'magic 50 4b 03 04' } },
    ]);
  });

  it('has words even when the bridge itself breaks', async () => {
    const { actions, fake, state } = await openApp();
    vi.spyOn(fake.bridge.command, 'engine.restart').mockRejectedValue(new Error('port closed'));
    await actions.restartEngine();
    expect(state().toasts).toMatchObject([
      { kind: 'failure', failure: { code: 'internal', details: 'port closed' } },
    ]);
  });

  it('leaves at most three messages on the screen', async () => {
    const { actions, writeClipboard, state } = await openApp();
    for (const text of ['a', 'b', 'c', 'd']) await actions.copy(text, 'Text');
    expect(writeClipboard).toHaveBeenCalledTimes(4);
    expect(state().toasts.map(({ id }) => id)).toEqual([2, 3, 4]);
  });
});

describe('sendBlock', () => {
  const stateWith = async (snapshot: Parameters<typeof fakeSnapshot>[0]) => {
    const { state } = await openApp({ snapshot: fakeSnapshot(snapshot) });
    return state();
  };
  const { setup, engine } = fakeSnapshot();

  it('lets a question through when everything is ready', async () => {
    expect(sendBlock(await stateWith({}), 'Hi')).toBeNull();
  });

  it('names what is missing', async () => {
    const running = await stateWith({ setup: { ...setup, phase: 'running' } });
    expect(sendBlock(running, 'Hi')).toContain('getting ready');
    const failed = await stateWith({
      setup: { ...setup, phase: 'failed' },
      engine: { ...engine, backend: null },
    });
    expect(sendBlock(failed, 'Hi')).toContain('did not finish');
    const bare = await stateWith({ model: { current: null, known: [] } });
    expect(sendBlock(bare, 'Hi')).toContain('No model is open');
    expect(sendBlock(await stateWith({}), 'x'.repeat(200_001))).toContain('longer than 200,000');
  });

  it('does not hold back somebody whose engine works though the setup was stopped', async () => {
    const stopped = await stateWith({ setup: { ...setup, phase: 'cancelled' } });
    expect(sendBlock(stopped, 'Hi')).toBeNull();
  });
});
