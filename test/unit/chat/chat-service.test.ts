import { describe, expect, it } from 'vitest';
import { createChatService } from '../../../electron/chat/chat-service.ts';
import { openDatabase } from '../../../electron/chat/open-database.ts';
import { createSqliteStore } from '../../../electron/chat/sqlite-store.ts';
import type { ChatEvent, ChatStore } from '../../../electron/chat/ports.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedAnswerer, type ScriptedAnswer } from '../../fakes/scripted-answerer.ts';

function setUp(wrap: (store: ChatStore) => ChatStore = (store) => store) {
  const clock = createManualClock();
  const store = createSqliteStore(openDatabase(':memory:', 0).database);
  const { answer, answers } = createScriptedAnswerer();
  const events: ChatEvent[] = [];
  const chat = createChatService({
    store: wrap(store),
    answer,
    clock,
    random: createCountedRandom(),
    log: createMemoryLog(),
    publish: (event) => events.push(event),
  });
  const last = (): ScriptedAnswer => {
    const found = answers.at(-1);
    if (!found) throw new Error('nothing was asked');
    return found;
  };
  return { chat, store, clock, events, answers, last };
}

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

  it('keeps an answer in memory while the disk is full, and saves it once there is room', async () => {
    let full = false;
    const { chat, store, events, last } = setUp((real) => ({
      ...real,
      saveMessage: (message) => {
        if (full) throw new AppError('disk-full');
        real.saveMessage(message);
      },
    }));
    const { conversation, answer } = chat.send(null, 'full');
    full = true;
    await last().send({ type: 'tokens', text: 'kept' });
    await last().end('stop');
    expect(events.some((event) => event.type === 'unsaved')).toBe(true);
    expect(store.message(answer.id)?.text).toBe('');
    expect(chat.open(conversation.id).messages.at(-1)?.text).toBe('kept');
    full = false;
    chat.send(null, 'next');
    await last().end('stop');
    expect(store.message(answer.id)).toMatchObject({ text: 'kept', state: 'complete' });
  });
});
