/** Reads the event stream of llama-server's chat endpoint. */
import { z } from 'zod';
import { NOTHING, type Ask, type Written } from './side.ts';

const usageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number() }),
});
const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })),
  usage: usageSchema.nullish(),
});
const LINE = 'data: ';

/** @throws when the stream ends without its usage, or with an error */
export async function readServerStream(stream: AsyncIterable<Buffer>, ask: Ask): Promise<Written> {
  const decoder = new TextDecoder();
  let written: Written = NOTHING;
  let rest = '';
  for await (const part of stream) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) written = take(written, line, ask);
  }
  if (written.endMs === 0) throw new Error(`llama-server did not finish: ${rest}`);
  return written;
}

function take(before: Written, line: string, ask: Ask): Written {
  if (!line.startsWith(LINE) || line === `${LINE}[DONE]`) return before;
  const { choices, usage } = chunkSchema.parse(JSON.parse(line.slice(LINE.length)));
  if (usage != null) {
    const { prompt_tokens: promptTokens, completion_tokens: tokens } = usage;
    const cachedTokens = usage.prompt_tokens_details.cached_tokens;
    return { ...before, promptTokens, cachedTokens, tokens, endMs: performance.now() };
  }
  const content = choices[0]?.delta.content;
  if (content == null || content === '') return before;
  // It sends a line per token, except for tokens that only begin a character.
  ask.onTokens?.(1);
  return {
    ...before,
    text: before.text + content,
    tokens: before.tokens + 1,
    firstMs: Math.min(before.firstMs, performance.now()),
  };
}
