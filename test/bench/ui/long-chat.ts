/** A long conversation of ordinary Markdown, written to disk before the app starts. */
import { createSqliteStore } from '../../../electron/chat/sqlite-store.ts';
import { openChats } from '../../../electron/chat/chat-database.ts';
import type { Message } from '../../../electron/ipc/snapshot.ts';

/** What English prose and code come to in the tokenizers of today's models. */
const CHARACTERS_PER_TOKEN = 4;
const ID = 'long-chat';

const SENTENCES = [
  'The river bends twice before it reaches the town, and both bends are older than the bridge.',
  'A queue keeps the order in which things came, so nothing that waits is overtaken by accident.',
  'Every measurement is noisy, therefore one number alone says very little about anything.',
  'When the cache is cold, the first request pays for all the others that follow it.',
  'It rained for most of the week, which nobody had planned for, least of all the surveyors.',
];
const CODE = [
  '```ts',
  'export function median(samples: readonly number[]): number | null {',
  '  const sorted = samples.toSorted((a, b) => a - b);',
  '  return sorted[Math.floor(sorted.length / 2)] ?? null;',
  '}',
  '```',
].join('\n');
const LIST = '- first, the **stage** is read\n- then the `rate` is set\n- last, the gate is opened';
const TABLE = '| part | share |\n| --- | --- |\n| main | 0.4 |\n| page | 0.6 |';

/** One block of code of about so many tokens: it cannot be cut, so each piece of it is drawn with all before it. */
export function codeOf(tokens: number): string {
  const [fence = '', ...lines] = CODE.split('\n');
  const body = lines.slice(0, -1).join('\n');
  const copies = Math.ceil((tokens * CHARACTERS_PER_TOKEN) / body.length);
  return [fence, ...Array<string>(copies).fill(body), '```'].join('\n');
}

/** Markdown of about so many tokens: paragraphs, with code, a list and a table now and then. */
export function markdownOf(tokens: number, seed = 0): string {
  const parts: string[] = [];
  let length = 0;
  for (let index = seed; length < tokens * CHARACTERS_PER_TOKEN; index += 1) {
    const part = partAt(index);
    parts.push(part);
    length += part.length + 2;
  }
  return parts.join('\n\n');
}

function partAt(index: number): string {
  if (index % 7 === 3) return CODE;
  if (index % 7 === 5) return LIST;
  if (index % 11 === 6) return TABLE;
  if (index % 9 === 1) return `## Part ${String(index)}`;
  const picked = [0, 1, 2, 3].map((offset) => SENTENCES[(index + offset * 2) % SENTENCES.length]);
  return picked.join(' ');
}

/** @returns the conversation's title */
export function writeLongChat(path: string, tokens: number, messages: number): string {
  const { database } = openChats(path, 0);
  const store = createSqliteStore(database);
  const title = 'A long conversation';
  const pairs = Math.ceil(messages / 2);
  const common = { conversationId: ID, failure: null, stats: null, state: 'complete' } as const;
  const rows = Array.from({ length: pairs }, (_none, pair): readonly Message[] => [
    {
      ...common,
      id: `question-${String(pair)}`,
      role: 'user',
      text: 'And what came after that?',
      createdAtMs: pair * 2,
    },
    {
      ...common,
      id: `answer-${String(pair)}`,
      role: 'assistant',
      text: markdownOf(tokens / pairs, pair),
      createdAtMs: pair * 2 + 1,
    },
  ]);
  store.saveTogether({ id: ID, title, createdAtMs: 0, updatedAtMs: 0 }, rows.flat());
  store.dispose();
  return title;
}
