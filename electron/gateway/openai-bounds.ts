/** How much a chat body may hold, counted before anything looks closer: a schema takes seconds over millions. */

export const MAX_MESSAGES = 4096;
export const MAX_PARTS_PER_MESSAGE = 256;
/** Of all messages together; plain texts do not count. */
export const MAX_PARTS = 8192;

export const MESSAGES_WORDS = `must be a list of 1 to ${String(MAX_MESSAGES)} messages`;
export const CONTENT_WORDS = `must be a text or a list of 1 to ${String(MAX_PARTS_PER_MESSAGE)} text parts`;

export interface TooMuch {
  readonly param: string;
  /** Follows the field's name in a sentence. */
  readonly words: string;
}

/** What is beyond its bound, or null; wrong types are not its business. */
export function findTooMuch(messages: unknown): TooMuch | null {
  if (!Array.isArray(messages)) return null;
  if (messages.length > MAX_MESSAGES) return { param: 'messages', words: MESSAGES_WORDS };
  let total = 0;
  for (const [index, message] of messages.entries()) {
    const count = partsOf(message);
    if (count > MAX_PARTS_PER_MESSAGE) {
      return { param: `messages[${String(index)}].content`, words: CONTENT_WORDS };
    }
    total += count;
  }
  if (total <= MAX_PARTS) return null;
  return { param: 'messages', words: `must not hold more than ${String(MAX_PARTS)} content parts` };
}

function partsOf(message: unknown): number {
  if (typeof message !== 'object' || message === null || !('content' in message)) return 0;
  return Array.isArray(message.content) ? message.content.length : 0;
}
