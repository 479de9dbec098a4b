/** Reads what an OpenAI-compatible server streams, as its kind of server-sent events really looks. */
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';

/** What one event of the stream says. */
export type ExternalEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' };

export interface ExternalReader {
  /** @throws AppError `external-unavailable` for what is no answer of such a server, or too long */
  push(bytes: Uint8Array): readonly ExternalEvent[];
}

/** UTF-16 units of one event, and bytes of a whole answer: far beyond what a model writes. */
const MAX_EVENT_LENGTH = 1_000_000;
const MAX_ANSWER_BYTES = 256_000_000;
const DATA = 'data:';
const DONE = '[DONE]';

// Not strict: every server adds fields of its own.
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  error: z.union([z.string(), z.object({ message: z.string().optional() })]).nullish(),
});

export function createExternalReader(): ExternalReader {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let total = 0;

  return {
    push(bytes) {
      total += bytes.length;
      if (total > MAX_ANSWER_BYTES) throw unusable('its answer does not end');
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_EVENT_LENGTH) throw unusable('an event of its answer is too long');
      return lines.flatMap(readLine);
    },
  };
}

/** Comments, names of events and empty lines say nothing. */
function readLine(line: string): readonly ExternalEvent[] {
  if (!line.startsWith(DATA)) return [];
  const data = line.slice(DATA.length).trim();
  if (data === '' || data === DONE) return [];
  const { choices, error } = parse(data);
  if (error != null) {
    throw unusable(`it says: ${shortened(typeof error === 'string' ? error : error.message)}`);
  }
  const [choice] = choices ?? [];
  const events: ExternalEvent[] = [];
  const text = choice?.delta?.content ?? '';
  if (text !== '') events.push({ type: 'text', text });
  const reason = choice?.finish_reason ?? null;
  if (reason !== null) events.push({ type: 'end', reason: reason === 'length' ? reason : 'stop' });
  return events;
}

function parse(data: string): z.infer<typeof chunkSchema> {
  try {
    return chunkSchema.parse(JSON.parse(data));
  } catch (cause) {
    throw unusable('its answer is not that of an OpenAI-compatible server', cause);
  }
}

const MAX_WORDS = 200;

function shortened(words: string | undefined): string {
  return (words ?? 'an error').slice(0, MAX_WORDS);
}

export function unusable(details: string, cause?: unknown): AppError {
  return new AppError('external-unavailable', { details, ...(cause !== undefined && { cause }) });
}
