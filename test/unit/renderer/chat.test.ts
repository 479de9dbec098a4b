/** Questions and conversations in the window: what the reader sees after each thing that can happen. */
import { describe, expect, it } from 'vitest';
import { NEW_CHAT } from '../../../renderer/store/app-state.ts';
import { createApp } from '../../../renderer/store/create-app.ts';
import { messageIds } from '../../../renderer/store/selectors.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { lastState, openApp } from './open-app.ts';

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

describe('a conversation that could not be opened', () => {
  it('is shown whole once a question in it was sent', async () => {
    const { actions, fake, state } = await openApp();
    await actions.send(NEW_CHAT, 'One');
    const id = state().conversationId ?? '';
    for (let count = 0; count < 4; count += 1) fake.write();
    const second = createApp(fake.bridge, () => Promise.resolve());
    await second.refresh();
    fake.failNext('chat.open', 'internal');
    await second.actions.openConversation(id);
    await second.actions.send(id, 'Two');
    expect(messageIds(second.store.getState())).toHaveLength(4);
  });
});
