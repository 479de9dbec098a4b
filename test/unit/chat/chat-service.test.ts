import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import { setUp } from './set-up-chat.ts';

describe('chat service', () => {
  it('streams an answer and keeps question and answer', async () => {
    const { chat, store, events, last } = setUp();
    const { conversation, answer } = chat.send(null, 'What is an epoch?');
    await last().send({ type: 'start' });
    await last().send({ type: 'tokens', text: 'A settlement' });
    await last().send({ type: 'tokens', text: ' period.' });
    await last().end('stop');
    expect(last().turns).toEqual([{ role: 'user', text: 'What is an epoch?' }]);
    const deltas = events.filter((event) => event.type === 'delta');
    expect(deltas.map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(deltas.map(({ text }) => text).join('')).toBe('A settlement period.');
    expect(store.message(answer.id)).toMatchObject({
      text: 'A settlement period.',
      state: 'complete',
      stats: { modelName: 'Scripted', outputTokens: 3, tokensPerSecond: 100, endedBy: 'stop' },
    });
    expect(store.conversation(conversation.id)?.title).toBe('What is an epoch?');
  });

  it('sends the whole conversation, without answers that hold no text', async () => {
    const { chat, last } = setUp();
    const { conversation } = chat.send(null, 'one');
    await last().fail(new AppError('engine-crashed'));
    chat.send(conversation.id, 'two');
    expect(last().turns.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('sends only the last of several answers to one question', async () => {
    const { chat, store, last } = setUp();
    const { conversation, answer } = chat.send(null, 'one');
    await last().send({ type: 'tokens', text: 'first' });
    await last().end('stop');
    store.saveMessage({ ...answer, id: 'other', text: 'second', state: 'complete' });
    chat.send(conversation.id, 'two');
    expect(last().turns.map(({ text }) => text)).toEqual(['one', 'second', 'two']);
  });

  it('keeps the text written before a stop, a crash of the engine, and a quit', async () => {
    const { chat, store, last } = setUp();
    const stopped = chat.send(null, 'stop');
    await last().send({ type: 'tokens', text: 'half' });
    chat.stop(stopped.answer.id);
    expect(last().signal.aborted).toBe(true);
    await last().end('cancelled');
    const crashed = chat.send(null, 'crash');
    await last().send({ type: 'tokens', text: 'some' });
    await last().fail(new AppError('engine-crashed'));
    const quit = chat.send(null, 'quit');
    await last().send({ type: 'tokens', text: 'begun' });
    chat.dispose();
    expect(store.message(stopped.answer.id)).toMatchObject({ text: 'half', state: 'stopped' });
    expect(store.message(crashed.answer.id)).toMatchObject({
      text: 'some',
      state: 'failed',
      failure: { code: 'engine-crashed' },
    });
    expect(store.message(quit.answer.id)).toMatchObject({ text: 'begun', state: 'interrupted' });
  });

  it('saves a running answer every second, and marks it interrupted at the next start', async () => {
    const { chat, store, clock, last } = setUp();
    const { conversation, answer } = chat.send(null, 'long');
    await last().send({ type: 'tokens', text: 'first ' });
    clock.advance(1_000);
    await last().send({ type: 'tokens', text: 'second' });
    expect(store.message(answer.id)).toMatchObject({ text: 'first second', state: 'streaming' });
    store.markInterrupted();
    expect(store.messages(conversation.id).at(-1)?.state).toBe('interrupted');
  });

  it('replaces an answer only once the new one has begun', async () => {
    const { chat, store, last } = setUp();
    const { conversation, answer } = chat.send(null, 'again');
    await last().send({ type: 'tokens', text: 'old' });
    await last().end('stop');
    const again = chat.regenerate(answer.id);
    expect(store.messages(conversation.id).map(({ text }) => text)).toEqual(['again', 'old']);
    await last().send({ type: 'start' });
    await last().send({ type: 'tokens', text: 'new' });
    await last().end('stop');
    expect(last().turns).toEqual([{ role: 'user', text: 'again' }]);
    expect(store.messages(conversation.id).map(({ text }) => text)).toEqual(['again', 'new']);
    expect(again.replacedId).toBe(answer.id);
  });

  it('keeps the old answer when the new one fails before it begins', async () => {
    const { chat, store, last } = setUp();
    const { conversation, answer } = chat.send(null, 'again');
    await last().send({ type: 'tokens', text: 'old' });
    await last().end('stop');
    const again = chat.regenerate(answer.id);
    await last().fail(new AppError('engine-crashed'));
    const kept = store.messages(conversation.id).map(({ text, state }) => [text, state]);
    expect(kept).toEqual([
      ['again', 'complete'],
      ['old', 'complete'],
      ['', 'failed'],
    ]);
    expect(() => chat.regenerate(again.answer.id)).not.toThrow();
  });

  it.each([
    ['stopped', 'stopped'],
    ['cut off by the end of Lull', 'interrupted'],
  ] as const)(
    'keeps the old answer when the new one is %s before its first word',
    async (how, state) => {
      const { chat, store, events, last } = setUp();
      const { conversation, answer } = chat.send(null, 'again');
      await last().send({ type: 'tokens', text: 'old' });
      await last().end('stop');
      const again = chat.regenerate(answer.id);
      await last().send({ type: 'start' });
      if (how === 'stopped') {
        chat.stop(again.answer.id);
        await last().end('cancelled');
      } else chat.dispose();
      expect(store.messages(conversation.id)).toMatchObject([
        { text: 'again', state: 'complete' },
        { id: answer.id, text: 'old', state: 'complete' },
      ]);
      expect(chat.open(conversation.id).messages).toEqual(store.messages(conversation.id));
      expect(events.at(-1)).toMatchObject({ type: 'end', message: { id: again.answer.id, state } });
    },
  );

  it('shows an answer that is being asked for again in the place of the old one', async () => {
    const { chat, last } = setUp();
    const { conversation, answer } = chat.send(null, 'again');
    await last().send({ type: 'tokens', text: 'old' });
    await last().end('stop');
    const again = chat.regenerate(answer.id);
    const ids = () => chat.open(conversation.id).messages.map(({ id }) => id);
    expect(ids()).toHaveLength(2);
    expect(ids().at(-1)).toBe(again.answer.id);
    expect(() => chat.regenerate(again.answer.id)).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });

  it('refuses a second question while the first is being answered, and any but the last again', async () => {
    const { chat, last } = setUp();
    const { conversation, answer } = chat.send(null, 'first');
    expect(() => chat.send(conversation.id, 'second')).toThrow(AppError);
    expect(() => chat.regenerate(answer.id)).toThrow(AppError);
    await last().end('stop');
    chat.send(conversation.id, 'second');
    await last().end('stop');
    expect(() => chat.regenerate(answer.id)).toThrow(AppError);
  });

  it('stops and forgets the answer of a conversation that is deleted', async () => {
    const { chat, store, events, last } = setUp();
    const { conversation, answer } = chat.send(null, 'gone');
    chat.remove(conversation.id);
    expect(last().signal.aborted).toBe(true);
    await last().end('cancelled');
    expect(store.message(answer.id)).toBeNull();
    expect(events.some(({ type }) => type === 'end')).toBe(false);
    expect(() => chat.open(conversation.id)).toThrow(AppError);
  });

  it('tells nothing of a deleted conversation, not even text that waited to be sent', async () => {
    const { chat, clock, events, last } = setUp();
    const { conversation } = chat.send(null, 'gone');
    await last().send({ type: 'tokens', text: 'shown at once' });
    await last().send({ type: 'tokens', text: 'waits' });
    chat.remove(conversation.id);
    const told = events.length;
    clock.advance(1_000);
    expect(events).toHaveLength(told);
  });

  it('goes on answering in a conversation that could not be deleted', async () => {
    const { chat, store, last } = setUp((real) => ({
      ...real,
      deleteConversation: () => {
        throw new AppError('data-folder-unusable');
      },
    }));
    const { conversation, answer } = chat.send(null, 'stays');
    expect(() => {
      chat.remove(conversation.id);
    }).toThrow(AppError);
    await last().send({ type: 'tokens', text: 'still here' });
    await last().end('stop');
    expect(store.message(answer.id)).toMatchObject({ text: 'still here', state: 'complete' });
  });

  it('counts the first token from sending, and the rate by the clock of the engine', async () => {
    const { chat, store, clock, last } = setUp();
    const { answer } = chat.send(null, 'cold start');
    clock.advance(4_000);
    await last().send({ type: 'start' });
    clock.advance(1_000);
    await last().send({ type: 'tokens', text: '' });
    clock.advance(500);
    await last().send({ type: 'tokens', text: 'first' });
    clock.advance(9_000);
    await last().end('stop');
    expect(store.message(answer.id)?.stats).toMatchObject({
      firstTokenMs: 5_500,
      tokensPerSecond: 100,
    });
  });

  it('says with an opened conversation which piece comes next, and sends what waited first', async () => {
    const { chat, clock, events, last } = setUp();
    const { conversation } = chat.send(null, 'fall');
    const deltas = () => events.filter((event) => event.type === 'delta');
    expect(chat.open(conversation.id).nextSequence).toBe(0);
    await last().send({ type: 'tokens', text: 'They all' });
    await last().send({ type: 'tokens', text: ' fel' });
    expect(deltas()).toHaveLength(1);
    const opened = chat.open(conversation.id);
    expect(opened.nextSequence).toBe(2);
    expect(opened.messages.at(-1)?.text).toBe('They all fel');
    expect(deltas().map(({ text }) => text)).toEqual(['They all', ' fel']);
    await last().send({ type: 'tokens', text: 'l down' });
    clock.advance(1_000);
    expect(deltas().at(-1)).toMatchObject({ sequence: 2, text: 'l down' });
    await last().end('stop');
    expect(chat.open(conversation.id).nextSequence).toBeNull();
  });

  it('keeps nothing of a question that could not be saved', () => {
    const { chat, store, answers } = setUp((real) => ({
      ...real,
      saveTogether: () => {
        throw new AppError('disk-full');
      },
    }));
    expect(() => chat.send(null, 'no room')).toThrow('The disk is full');
    expect(store.conversations()).toEqual([]);
    expect(answers).toEqual([]);
  });
});
