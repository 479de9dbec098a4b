/** Answers from the network, earning, and the receipt that lies above the window. */
import { describe, expect, it, vi } from 'vitest';
import { waitingWords } from '../../../renderer/features/chat/Waiting.tsx';
import { NEW_CHAT } from '../../../renderer/store/app-state.ts';
import {
  isPaid,
  messageIds,
  streamingIn,
  waitingToCollect,
} from '../../../renderer/store/selectors.ts';
import { fakeChecks, fakeLine, fakeReceipt, word } from '../../fakes/fake-network.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const { network, earnings } = fakeSnapshot();

/** A window with an answer that a Supplier has served. */
async function openServed() {
  const app = await openApp({ pieces: ['Yes.'] });
  app.actions.setVia('network');
  await app.actions.send(NEW_CHAT, 'Well?');
  app.fake.write();
  app.fake.write();
  const message = app.state().messages[messageIds(app.state()).at(-1) ?? ''];
  const served = message?.stats?.served;
  if (!served) throw new Error('nobody served the answer');
  return { ...app, message, served };
}

describe('a question', () => {
  it('goes to whom the switch names, and the choice stays for the next one', async () => {
    const { actions, fake, message } = await openServed();
    await actions.regenerate(message.id);
    actions.setVia('local');
    const sent = fake.calls.filter(({ name }) => /send|regenerate/.test(name));
    expect(sent.map(({ input }) => input)).toMatchObject([{ via: 'network' }, { via: 'network' }]);
  });

  it('over the network needs no model on this computer', async () => {
    const bare = fakeSnapshot({ model: { current: null, known: [] } });
    const { actions, fake, state } = await openApp({ snapshot: bare });
    await actions.send(NEW_CHAT, 'Hi');
    expect(fake.calls.some(({ name }) => name === 'chat.send')).toBe(false);
    actions.setVia('network');
    await actions.send(NEW_CHAT, 'Hi');
    expect(state().conversationId).not.toBeNull();
  });
});

describe('while an answer is waited for', () => {
  it('says what the network does for one that was asked there, and what the engine does else', async () => {
    const { actions, fake, state } = await openApp();
    fake.patch({ network: { ...network, state: 'starting', detail: 'Starting the neighbour' } });
    actions.setVia('network');
    await actions.send(NEW_CHAT, 'Hi');
    const id = streamingIn(state(), state().conversationId) ?? '';
    expect(waitingWords(state(), id)).toBe('Starting the neighbour');
    fake.patch({ network: { ...network, state: 'ready' } });
    expect(waitingWords(state(), id)).toBe('Waiting for the Supplier');
    // The switch is for the next question, not for this one.
    actions.setVia('local');
    expect(waitingWords(state(), id)).toBe('Waiting for the Supplier');
    expect(waitingWords(state(), 'asked elsewhere')).toBe('Reading the question');
  });

  it('forgets whom it asked when the answer has ended or its conversation is gone', async () => {
    const { actions, state } = await openServed();
    expect(state().askedVia).toEqual({});
    await actions.send(state().conversationId ?? '', 'And now?');
    expect(Object.values(state().askedVia)).toEqual(['network']);
    await actions.remove(state().conversationId ?? '');
    expect(state().askedVia).toEqual({});
  });
});

describe('the receipt', () => {
  it('opens, is verified, copied and closed', async () => {
    const { actions, state, served, fake } = await openServed();
    await actions.openReceipt(served.ref);
    expect(state().receipt).toMatchObject({ ref: served.ref, busy: null, checks: null });
    expect(state().receipt?.receipt?.line.charged).toBe(served.charged);
    await actions.verifyReceipt();
    expect(state().receipt?.checks).toEqual(fakeChecks());
    await actions.copyReceipt();
    expect(state().receipt).toMatchObject({ isCopied: true, checks: fakeChecks() });
    expect(fake.calls.at(-1)).toEqual({ name: 'receipt.copy', input: { ref: served.ref } });
    actions.closeReceipt();
    expect(state().receipt).toBeNull();
  });

  it('that cannot be opened says why, and opens on the second try', async () => {
    const { actions, state, fake, served } = await openServed();
    fake.failNext('receipt.open', 'ledger-unusable');
    await actions.openReceipt(served.ref);
    expect(state().receipt).toMatchObject({ receipt: null, failure: { code: 'ledger-unusable' } });
    await actions.openReceipt(served.ref);
    expect(state().receipt).toMatchObject({
      failure: null,
      receipt: { line: { ref: served.ref } },
    });
  });

  it('shows no old ticks when it could not be verified again', async () => {
    const { actions, state, fake, served } = await openServed();
    await actions.openReceipt(served.ref);
    await actions.verifyReceipt();
    fake.failNext('receipt.verify', 'ledger-unusable');
    await actions.verifyReceipt();
    expect(state().receipt).toMatchObject({ checks: null, failure: { code: 'ledger-unusable' } });
    fake.failNext('receipt.copy', 'internal');
    await actions.verifyReceipt();
    await actions.copyReceipt();
    expect(state().receipt).toMatchObject({ checks: fakeChecks(), isCopied: false });
  });

  it('is not brought back, nor mixed up, by a reply that comes late', async () => {
    const { actions, state, fake, served } = await openServed();
    await actions.openReceipt(served.ref);
    const release = fake.hold('receipt.verify');
    const verified = actions.verifyReceipt();
    await actions.verifyReceipt();
    expect(fake.calls.filter(({ name }) => name === 'receipt.verify')).toHaveLength(1);
    actions.closeReceipt();
    const reopened = actions.openReceipt(served.ref);
    release();
    await Promise.all([verified, reopened]);
    expect(state().receipt?.checks).toBeNull();
  });

  it('is known to be paid as soon as the list knows it', async () => {
    const line = fakeLine();
    const { state, fake } = await openApp();
    fake.patch({ earnings: { ...earnings, recent: [line] } });
    const receipt = fakeReceipt(line);
    expect(isPaid(state(), receipt)).toBe(false);
    expect(isPaid(state(), fakeReceipt(line, word('7a')))).toBe(true);
    fake.patch({ earnings: { ...earnings, recent: [{ ...line, isRedeemed: true }] } });
    expect(isPaid(state(), receipt)).toBe(true);
  });
});

describe('earning', () => {
  it('counts the neighbour’s questions and is collected', async () => {
    const { actions, state, fake } = await openApp();
    await actions.tryEarning();
    for (let count = 0; count < 12; count += 1) fake.serveOne();
    const before = state().snapshot?.earnings ?? earnings;
    expect(before).toMatchObject({ relaysServed: 10, trial: { state: 'done', asked: 10 } });
    expect(waitingToCollect(before)).toBe(1_260n);
    await actions.collect();
    expect(waitingToCollect(state().snapshot?.earnings ?? earnings)).toBe(0n);
    expect(state().snapshot?.earnings.recent.every(({ isRedeemed }) => isRedeemed)).toBe(true);
  });

  it('can be stopped', async () => {
    const { actions, state, fake } = await openApp();
    await actions.tryEarning();
    fake.serveOne();
    await actions.stopEarning();
    fake.serveOne();
    expect(state().snapshot?.earnings.relaysServed).toBe(1);
  });

  it('tells a failure once: where main has put it, else in the corner', async () => {
    const { actions, state, fake } = await openApp();
    fake.failNext('earn.collect', 'chain-unreachable');
    await actions.collect();
    expect(state().toasts).toMatchObject([{ failure: { code: 'chain-unreachable' } }]);
    const [toast] = state().toasts;
    const failure = toast?.kind === 'failure' ? toast.failure : null;
    fake.patch({
      earnings: { ...earnings, collect: { state: 'failed', failure, transaction: null } },
    });
    fake.failNext('earn.collect', 'chain-unreachable');
    await actions.collect();
    expect(state().toasts).toHaveLength(1);
  });

  it('never shows a negative amount as waiting', () => {
    expect(waitingToCollect({ ...earnings, earned: 5n, redeemed: 9n })).toBe(0n);
  });
});

describe('a broken bridge', () => {
  it('still leaves words on the sheet', async () => {
    const { actions, state, fake } = await openApp();
    vi.spyOn(fake.bridge.command, 'receipt.open').mockRejectedValueOnce(new Error('gone'));
    await actions.openReceipt(word('1'));
    expect(state().receipt?.failure).toMatchObject({ code: 'internal', details: 'gone' });
  });
});
