/** `lull chat "…"`: one question, answered in the terminal. */
import { z } from 'zod';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { LullNode } from './compose-node.ts';
import type { findRunningCopy } from './running-copy.ts';
import { tellSteps } from './tell-steps.ts';
import { describeFailure, EXIT, type Terminal } from './terminal.ts';

type RunningCopy = NonNullable<ReturnType<typeof findRunningCopy>>;

interface Answer {
  readonly model: string;
  readonly text: AsyncIterable<string>;
}

/** Answers with an engine of its own. */
export async function chatHere(
  node: LullNode,
  question: string,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const stopTelling = tellSteps(node.hub, terminal);
  return answerWith(terminal, json, async () => {
    await node.start();
    await node.preparation.ready();
    stopTelling();
    const model = node.library.current();
    if (!model) throw new AppError('no-model');
    return { model: model.name, text: generate(node, question) };
  }).finally(stopTelling);
}

/** Asks the copy of Lull that already runs, so that no second engine competes for the machine. */
export async function chatThere(
  copy: RunningCopy,
  question: string,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  return answerWith(terminal, json, () => ask(copy, question));
}

async function answerWith(
  terminal: Terminal,
  json: boolean,
  start: () => Promise<Answer>,
): Promise<number> {
  try {
    const { model, text } = await start();
    let whole = '';
    for await (const part of text) {
      whole += part;
      if (!json) terminal.write(part);
    }
    terminal.print(json ? JSON.stringify({ model, text: whole }) : '');
    return EXIT.ok;
  } catch (error) {
    const appError = toAppError(error);
    terminal.tell(describeFailure(appError));
    return EXIT.failed;
  }
}

async function* generate(node: LullNode, question: string): AsyncGenerator<string> {
  const request = {
    turns: [{ role: 'user', text: question }],
    sampling: 'chat',
    maxTokens: null,
    stop: [],
  } as const;
  for await (const event of node.engine.generate(request, new AbortController().signal)) {
    if (event.type === 'tokens') yield event.text;
  }
}

async function ask({ info, token }: RunningCopy, question: string): Promise<Answer> {
  const body = { model: 'lull-default', messages: [{ role: 'user', content: question }] };
  const response = await fetch(`${info.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true }),
  }).catch((cause: unknown) => {
    throw new AppError('endpoint-unavailable', { details: info.url, cause });
  });
  if (!response.ok || !response.body) throw refusal(await response.text());
  return { model: body.model, text: readStream(response.body) };
}

/** The texts inside server-sent events, up to `[DONE]`. @throws AppError when the answer broke off. */
async function* readStream(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'data: [DONE]') return;
      if (line.startsWith('data: ')) yield textOf(JSON.parse(line.slice('data: '.length)));
    }
  }
  throw new AppError('endpoint-refused', { details: 'The answer broke off.' });
}

function textOf(chunk: unknown): string {
  const { choices } = chunkSchema.parse(chunk);
  if (!choices) throw refusal(JSON.stringify(chunk));
  return choices[0]?.delta.content ?? '';
}

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })).optional(),
});

const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** The words that the running copy gave; they say what went wrong and what to do. */
function refusal(body: string): AppError {
  const parsed = z.string().transform(readJson).pipe(errorSchema).safeParse(body);
  const details = parsed.success ? parsed.data.error.message : 'It gave no reason.';
  return new AppError('endpoint-refused', { details });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
