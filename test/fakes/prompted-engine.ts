/** An engine that does what the last message tells it to, so that a test over HTTP can steer it. */
import { AppError } from '../../electron/platform/app-error.ts';
import type { ErrorCode } from '../../electron/ipc/error-codes.ts';
import type { EngineEvent, EnginePort } from '../../electron/gateway/ports.ts';
import type { GenerateRequest, TokenLogprob } from '../../electron/protocol/generate.ts';

export interface PromptedEngine extends EnginePort {
  readonly requests: readonly GenerateRequest[];
  /** Answers that were cancelled before they ended. */
  readonly cancelled: number;
  readonly running: number;
  /** Characters sampled for all answers. */
  readonly sampled: number;
  /** Resolves once `isReached` holds; looked at whenever something changes. */
  until(isReached: (engine: PromptedEngine) => boolean): Promise<void>;
}

const COUNTS = { prompt: 20, cached: 8 };
/** Far more than any model writes in a millisecond, and far less than a pipe between processes carries. */
const FLOOD = 'x'.repeat(16 * 1024);
const pace = () => new Promise((resolve) => setTimeout(resolve, 1));

/**
 * `say a b c` answers word by word, honouring `stop` and `maxTokens`; `hang` says "on" and then nothing;
 * `wait` says nothing at all; `flood` never ends; `fail CODE` throws; `half CODE` throws after two words.
 */
export function createPromptedEngine(): PromptedEngine {
  const state = { requests: [] as GenerateRequest[], cancelled: 0, running: 0, sampled: 0 };
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };

  async function* act(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const [verb, ...words] = (request.turns.at(-1)?.text ?? '').split(' ');
    const counts = (output: number) => ({ ...COUNTS, output });
    const tokens = (text: string): EngineEvent => {
      state.sampled += text.length;
      changed();
      const { topLogprobs } = request;
      if (topLogprobs === undefined) return { type: 'tokens', text };
      return { type: 'tokens', text, logprobs: [rate(text, topLogprobs)] };
    };
    if (verb === 'fail') throw new AppError(words[0] as ErrorCode);
    if (verb === 'wait') await aborted(signal);
    yield { type: 'start' };
    if (verb === 'half') {
      yield tokens('half');
      yield tokens(' way');
      throw new AppError(words[0] as ErrorCode, { details: 'It fell over.' });
    }
    if (verb === 'hang') {
      yield tokens('on');
      await aborted(signal);
    }
    while (verb === 'flood' && !signal.aborted) {
      yield tokens(FLOOD);
      await pace();
    }
    if (signal.aborted) {
      yield { type: 'end', reason: 'cancelled', counts: counts(1) };
      return;
    }
    let output = 0;
    for (const word of words) {
      if (request.stop.includes(word)) break;
      if (output === request.maxTokens) {
        yield { type: 'end', reason: 'length', counts: counts(output) };
        return;
      }
      yield tokens(output === 0 ? word : ` ${word}`);
      output += 1;
    }
    yield { type: 'end', reason: 'stop', counts: counts(output) };
  }

  async function* generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent> {
    state.requests.push(request);
    state.running += 1;
    changed();
    try {
      yield* act(request, signal);
    } finally {
      state.running -= 1;
      if (signal.aborted) state.cancelled += 1;
      changed();
    }
  }

  const engine: PromptedEngine = {
    generate,
    get requests() {
      return state.requests;
    },
    get cancelled() {
      return state.cancelled;
    },
    get running() {
      return state.running;
    },
    get sampled() {
      return state.sampled;
    },
    until(isReached) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!isReached(engine)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
  };
  return engine;
}

/** The text itself first, and after it the first byte of a character that never comes. */
function rate(text: string, count: number): TokenLogprob {
  const top = [
    { id: 1, text, logprob: -0.25 },
    { id: 2, text: '\uFFFD', logprob: -1.5 },
  ];
  return { text, logprob: -0.25, top: top.slice(0, count) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
