/** What a screen reader is told of an answer: that it began, and how it ended if its beginning was seen. */
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { assertNever } from '../../assert-never.ts';

export interface Announcement {
  /** The answer that was looked at last; null when there is none. */
  readonly answer: Message | null;
  readonly text: string;
}

export const NOTHING_SAID: Announcement = { answer: null, text: '' };

/** Answers that had ended before they came into view are not news. The same object comes back when nothing changed. */
export function announce(before: Announcement, last: Message | undefined): Announcement {
  const answer = last?.role === 'assistant' ? last : null;
  if (answer === before.answer) return before;
  if (answer === null) return NOTHING_SAID;
  if (answer.state === 'streaming') return { answer, text: textFor(answer) };
  const wasSeen = before.answer?.id === answer.id && before.answer.state === 'streaming';
  if (wasSeen) return { answer, text: textFor(answer) };
  const isSameChat = before.answer?.conversationId === answer.conversationId;
  return { answer, text: isSameChat ? before.text : '' };
}

function textFor({ state, failure }: Message): string {
  switch (state) {
    case 'streaming':
      return 'The answer is being written.';
    case 'failed':
      return `The answer failed. ${failure?.message ?? ''}`;
    case 'stopped':
      return 'The answer was stopped.';
    case 'complete':
      return 'The answer is complete.';
    case 'interrupted':
      return '';
    default:
      return assertNever(state);
  }
}
