/** What becomes of answers that the disk has no room for. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createSmallDisk, setUp } from './set-up-chat.ts';

async function answered() {
  const { disk, wrap } = createSmallDisk();
  const chat = setUp(wrap);
  const { conversation, answer } = chat.chat.send(null, 'question');
  const texts = () => chat.store.messages(conversation.id).map(({ text }) => text);
  const shown = () => chat.chat.open(conversation.id).messages.map(({ text }) => text);
  const say = async (text: string) => {
    await chat.last().send({ type: 'tokens', text });
    await chat.last().end('stop');
  };
  return { ...chat, disk, conversation, answer, texts, shown, say };
}

describe('an answer that could not be saved', () => {
  it('stays in memory, and is saved once there is room', async () => {
    const { chat, store, events, disk, answer, shown, say } = await answered();
    disk.full = true;
    await say('kept');
    expect(events.some((event) => event.type === 'unsaved')).toBe(true);
    expect(store.message(answer.id)?.text).toBe('');
    expect(shown()).toEqual(['question', 'kept']);
    disk.full = false;
    chat.send(null, 'next');
    expect(store.message(answer.id)).toMatchObject({ text: 'kept', state: 'complete' });
  });

  it('is saved at the end of Lull, each one by itself', async () => {
    const { chat, store, disk, answer, say, last } = await answered();
    disk.full = true;
    await say('first');
    const other = chat.send(null, 'other question');
    await last().send({ type: 'tokens', text: 'second' });
    await last().end('stop');
    disk.full = false;
    chat.dispose();
    expect(store.message(answer.id)).toMatchObject({ text: 'first', state: 'complete' });
    expect(store.message(other.answer.id)).toMatchObject({ text: 'second', state: 'complete' });
  });

  it('does not keep others from being saved at the end', async () => {
    const { disk, wrap } = createSmallDisk();
    const tooLarge = 'x'.repeat(100);
    const { chat, store, last } = setUp((real) => {
      const small = wrap(real);
      return {
        ...small,
        saveMessage: (message) => {
          if (message.text === tooLarge) throw new AppError('disk-full');
          small.saveMessage(message);
        },
      };
    });
    chat.send(null, 'large');
    await last().send({ type: 'tokens', text: tooLarge });
    await last().end('stop');
    const other = chat.send(null, 'small');
    disk.full = true;
    await last().send({ type: 'tokens', text: 'fits' });
    await last().end('stop');
    disk.full = false;
    chat.dispose();
    expect(store.message(other.answer.id)?.text).toBe('fits');
  });

  it('is part of what the next question is asked with', async () => {
    const { chat, disk, conversation, say, last } = await answered();
    disk.full = true;
    await say('remember me');
    chat.send(conversation.id, 'next');
    expect(last().turns.map(({ text }) => text)).toEqual(['question', 'remember me', 'next']);
  });

  it('keeps the place of the answer it replaces, on the screen and on disk', async () => {
    const { chat, disk, conversation, answer, texts, shown, say } = await answered();
    await say('old');
    disk.full = true;
    chat.regenerate(answer.id);
    await say('new');
    expect(texts()).toEqual(['question', 'old']);
    expect(shown()).toEqual(['question', 'new']);
    chat.send(conversation.id, 'follow-up');
    disk.full = false;
    await say('last');
    expect(texts()).toEqual(['question', 'new', 'follow-up', 'last']);
    expect(shown()).toEqual(texts());
  });

  it('can itself be asked for again, and leaves one answer', async () => {
    const { chat, disk, answer, texts, shown, say, last } = await answered();
    await say('old');
    disk.full = true;
    const first = chat.regenerate(answer.id);
    await say('unsaved');
    const second = chat.regenerate(first.answer.id);
    expect(last().turns).toEqual([{ role: 'user', text: 'question' }]);
    await say('newest');
    expect(texts()).toEqual(['question', 'old']);
    expect(shown()).toEqual(['question', 'newest']);
    expect(() => chat.regenerate(second.answer.id)).not.toThrow();
    chat.stop(chat.open(answer.conversationId).messages.at(-1)?.id ?? '');
    await last().end('cancelled');
    disk.full = false;
    chat.dispose();
    expect(texts()).toEqual(['question', 'newest']);
  });

  it('is forgotten with its conversation', async () => {
    const { chat, store, disk, conversation, say } = await answered();
    disk.full = true;
    await say('gone');
    disk.full = false;
    chat.remove(conversation.id);
    chat.dispose();
    expect(store.conversations()).toEqual([]);
  });
});
