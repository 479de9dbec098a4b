/** The price beside the composer: asked for once typing has stopped, and never that of another text. */
import { describe, expect, it, vi } from 'vitest';
import { NEW_CHAT, NO_PRICE } from '../../../renderer/store/app-state.ts';
import { createApp } from '../../../renderer/store/create-app.ts';
import { TYPING_PAUSE_MS, type Later } from '../../../renderer/store/price-follower.ts';
import { createFakeBridge, type FakeBridgeOptions } from '../../fakes/fake-bridge.ts';
import { fakeNetwork, fakePrice } from '../../fakes/fake-network.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

/** A window in which time passes when the test says so. */
async function openAtRest(options: FakeBridgeOptions = {}) {
  const timers = new Set<{ readonly run: () => void; readonly ms: number }>();
  const later: Later = (run, ms) => {
    const timer = { run, ms };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  const fake = createFakeBridge(options);
  const app = createApp(fake.bridge, () => Promise.resolve(), later);
  await app.refresh();
  const state = () => app.store.getState();
  return {
    ...app,
    fake,
    state,
    timers,
    asked: () => fake.calls.filter(({ name }) => name === 'chat.price').map(({ input }) => input),
    /** The reader stops typing. */
    pause() {
      const due = [...timers];
      timers.clear();
      for (const { run } of due) run();
    },
    settled: (wanted: 'known' | 'failed') =>
      vi.waitFor(() => {
        expect(state().price.state).toBe(wanted);
      }),
  };
}

describe('the price', () => {
  it('is not asked for while this computer answers', async () => {
    const { actions, pause, asked, state } = await openAtRest();
    actions.setDraft(NEW_CHAT, 'Hello');
    pause();
    expect(asked()).toEqual([]);
    expect(state().price).toBe(NO_PRICE);
  });

  it('is asked for on switching to the network, and gone on switching back', async () => {
    const { actions, pause, asked, state, settled } = await openAtRest();
    actions.setVia('network');
    expect(state().price.state).toBe('asking');
    pause();
    await settled('known');
    expect(asked()).toEqual([{ conversationId: null, text: '' }]);
    expect(state().snapshot?.network.state).toBe('ready');
    actions.setVia('local');
    expect(state().price).toBe(NO_PRICE);
  });

  it('is asked for once when typing stops, for the text as it is then', async () => {
    const { actions, timers, pause, asked, state, settled } = await openAtRest();
    actions.setVia('network');
    for (const text of ['H', 'He', 'Hel']) actions.setDraft(NEW_CHAT, text);
    expect([...timers].map(({ ms }) => ms)).toEqual([TYPING_PAUSE_MS]);
    expect(asked()).toEqual([]);
    pause();
    await settled('known');
    expect(asked()).toEqual([{ conversationId: null, text: 'Hel' }]);
    expect(state().price.price).toEqual(fakePrice('Hel'));
  });

  it('that was known stays in view, marked as out of date, while the text changes', async () => {
    const { actions, pause, state, settled } = await openAtRest();
    actions.setVia('network');
    pause();
    await settled('known');
    actions.setDraft(NEW_CHAT, 'Longer');
    expect(state().price).toMatchObject({ state: 'asking', price: fakePrice('') });
  });

  it('that comes late is not shown for another text; the newest is asked for next', async () => {
    const { actions, fake, pause, asked, store, settled } = await openAtRest();
    const shown: unknown[] = [];
    store.subscribe(({ price }) => {
      if (price.state === 'known') shown.push(price.price);
    });
    const release = fake.hold('chat.price');
    actions.setVia('network');
    pause();
    actions.setDraft(NEW_CHAT, 'Something else');
    pause();
    expect(asked()).toHaveLength(1);
    release();
    await settled('known');
    expect(asked()).toHaveLength(2);
    expect(shown).toEqual([fakePrice('Something else')]);
  });

  it('of one chat is never shown beside another', async () => {
    const conversations = [{ id: 'other', title: 'Other', createdAtMs: 1, updatedAtMs: 1 }];
    const { actions, pause, state, settled, asked } = await openAtRest({
      snapshot: fakeSnapshot({ conversations }),
    });
    actions.setVia('network');
    pause();
    await settled('known');
    await actions.openConversation('other');
    expect(state().price).toMatchObject({ state: 'asking', draftKey: 'other', price: null });
    pause();
    await settled('known');
    expect(asked().at(-1)).toEqual({ conversationId: 'other', text: '' });
  });

  it('that cannot be told holds nothing up, and is asked for again with the next text', async () => {
    const { actions, fake, pause, state, settled } = await openAtRest();
    actions.setVia('network');
    fake.failNext('chat.price', 'peer-unreachable');
    pause();
    await settled('failed');
    expect(state().price.failure?.code).toBe('peer-unreachable');
    await actions.send(NEW_CHAT, 'Hello');
    expect(fake.calls.at(-1)).toMatchObject({ name: 'chat.send', input: { via: 'network' } });
    expect(state().toasts).toEqual([]);
  });

  it('is asked for again by itself when the network has come up after a refusal', async () => {
    const { actions, fake, pause, state, asked, settled } = await openAtRest();
    actions.setVia('network');
    fake.failNext('chat.price', 'network-unavailable');
    pause();
    await settled('failed');
    fake.patch({ network: fakeNetwork(fakeSnapshot().network) });
    expect(state().price.state).toBe('asking');
    pause();
    await settled('known');
    expect(asked()).toHaveLength(2);
  });

  it('is not asked for while an answer is being written, and again after it', async () => {
    const { actions, fake, pause, state, asked, settled } = await openAtRest({ pieces: ['Yes.'] });
    actions.setVia('network');
    actions.setDraft(NEW_CHAT, 'Well?');
    await actions.send(NEW_CHAT, 'Well?');
    expect(state().price).toBe(NO_PRICE);
    pause();
    expect(asked()).toEqual([]);
    fake.write();
    fake.write();
    pause();
    await settled('known');
    expect(asked()).toEqual([{ conversationId: state().conversationId, text: '' }]);
  });

  it('is not asked for after the window is gone', async () => {
    const { actions, pause, asked, dispose } = await openAtRest();
    actions.setVia('network');
    dispose();
    pause();
    expect(asked()).toEqual([]);
  });
});
