/** What a screen reader is told while answers come and conversations change. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { announce, NOTHING_SAID } from '../../../renderer/features/chat/announcement.ts';

function answer(state: Message['state'], id = 'a', conversationId = 'c'): Message {
  const rest = { text: '', createdAtMs: 1, failure: null, stats: null } as const;
  return { id, conversationId, role: 'assistant', state, ...rest };
}

/** What stands in the live region after each of these was the last message in view. */
function said(...seen: readonly (Message | undefined)[]): readonly string[] {
  let now = NOTHING_SAID;
  return seen.map((message) => {
    now = announce(now, message);
    return now.text;
  });
}

describe('announce', () => {
  it('tells how an answer ended whose beginning was seen', () => {
    expect(said(answer('streaming'), answer('complete'))).toEqual([
      'The answer is being written.',
      'The answer is complete.',
    ]);
    expect(said(answer('streaming'), answer('stopped')).at(-1)).toBe('The answer was stopped.');
  });

  it('says nothing about old answers when the reader goes from one conversation to another', () => {
    const other = answer('failed', 'b', 'd');
    expect(said(answer('complete'), other, undefined, answer('complete'))).toEqual([
      '',
      '',
      '',
      '',
    ]);
    const left = said(answer('streaming'), answer('complete'), other, answer('complete'));
    expect(left.slice(2)).toEqual(['', '']);
  });

  it('does not take the end of one answer for that of another', () => {
    expect(said(answer('streaming'), answer('complete', 'b', 'd')).at(-1)).toBe('');
  });

  it('lets its word stand when the answer before comes back into view', () => {
    const texts = said(
      answer('streaming', 'new'),
      answer('stopped', 'new'),
      answer('complete', 'old'),
    );
    expect(texts.at(-1)).toBe('The answer was stopped.');
  });

  it('returns the same object while nothing changes', () => {
    const message = answer('complete');
    const once = announce(NOTHING_SAID, message);
    expect(announce(once, message)).toBe(once);
    expect(announce(NOTHING_SAID, undefined)).toBe(NOTHING_SAID);
  });
});
