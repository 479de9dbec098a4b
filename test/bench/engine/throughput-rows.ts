/** Rows: how fast several answers are written side by side, and how fast they go on while a long prompt is read. */
import type { Figure, Lengths, Row } from './row.ts';
import type { Side } from './side.ts';

/** Enough for a whole batch at once. */
const WIDE = 8;
const STREAMS_BESIDE = 2;
/** Tokens each stream has written before the long prompt comes in. */
const SETTLED_TOKENS = 4;

export function streamRows(lengths: Lengths): readonly Row[] {
  return [...lengths.answer].map(([streams, maxTokens]) => ({
    name: `streams-${String(streams)}`,
    sequences: WIDE,
    async prepare(_texts, seed) {
      const prompts = Array.from({ length: streams }, (_, at) => storyPrompt(seed * 10 + at));
      return async (side) => {
        const startMs = performance.now();
        const startCpuMs = side.cpuMs();
        const written = await Promise.all(
          prompts.map((text) => side.ask({ turns: [{ role: 'user', text }], maxTokens })),
        );
        const ms = Math.max(...written.map(({ endMs }) => endMs)) - startMs;
        const cpuMs = side.cpuMs() - startCpuMs;
        if (written.some(({ tokens }) => tokens !== maxTokens)) return null;
        const label = streams === 1 ? '1 stream' : `${String(streams)} streams`;
        const tokens = streams * maxTokens;
        return [
          { label, value: (tokens * 1000) / ms, unit: 'tokens/s' },
          {
            label: `${label}, processor time per 100 tokens`,
            value: (cpuMs * 100) / tokens,
            unit: 'ms',
          },
        ];
      };
    },
  }));
}

/** What models write at length about. */
function storyPrompt(seed: number): string {
  return `Write a long story in many chapters about traveller number ${String(seed)}.`;
}

/** Two streams that never end, and a long prompt beside them. */
export function longPromptRow(lengths: Lengths): Row {
  return {
    name: 'long-prompt',
    sequences: 4,
    async prepare(texts, seed) {
      const text = await texts.ofLength(lengths.longPrompt, seed);
      return async (side) => {
        const streams = await startStreams(side, seed);
        const before = streams.tokens();
        const startMs = performance.now();
        const { firstMs } = await side.ask({ turns: [{ role: 'user', text }], maxTokens: 1 });
        const ms = firstMs - startMs;
        const tokens = streams.tokens() - before;
        await streams.stop();
        const during = `during a ${String(lengths.longPrompt)}-token prompt`;
        const figures: Figure[] = [
          { label: `2 streams ${during}`, value: (tokens * 1000) / ms, unit: 'tokens/s' },
          { label: `first token of that prompt`, value: ms, unit: 'ms' },
        ];
        return figures;
      };
    },
  };
}

async function startStreams(side: Side, seed: number) {
  const controller = new AbortController();
  let tokens = 0;
  let settled = 0;
  let tell: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (tell = resolve));
  const stream = async (at: number) => {
    let mine = 0;
    const onTokens = (count: number) => {
      tokens += count;
      if (mine < SETTLED_TOKENS && mine + count >= SETTLED_TOKENS) settled += 1;
      mine += count;
      if (settled === STREAMS_BESIDE) tell();
    };
    // An answer that ends is followed by the next at once: there are always two.
    for (let turn = 0; !controller.signal.aborted; turn += 1) {
      const text = storyPrompt(seed * 1000 + turn * STREAMS_BESIDE + at);
      const turns = [{ role: 'user', text }] as const;
      await side.ask({ turns, maxTokens: 400, signal: controller.signal, onTokens });
    }
  };
  const all = Promise.all(Array.from({ length: STREAMS_BESIDE }, (_, at) => stream(at)));
  await Promise.race([ready, all]);
  return {
    tokens: () => tokens,
    async stop() {
      controller.abort();
      await all;
    },
  };
}
