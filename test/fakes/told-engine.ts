/** An engine for relays that does what the question tells it to, and holds answers back until the test lets go. */
import { AppError } from '../../electron/platform/app-error.ts';
import type { GenerateEvent, GenerateRequest } from '../../electron/protocol/generate.ts';
import type { RelayEngine } from '../../electron/relay/ports.ts';

export interface ToldEngine extends RelayEngine {
  /** Questions that reached it. */
  readonly asked: number;
  /** Answers that wait for `letGo`. */
  readonly held: number;
  /** Lets every answer that waits go on to its end. */
  letGo(): void;
}

const PROMPT_TOKENS = 20;
const MANY_TOKENS = 1_000_000;

/** `say N` writes N words; `hold N` the same with a pause after the first; `long` and `dear` are refused. */
export function createToldEngine(): ToldEngine {
  const state = { asked: 0 };
  const waiting = new Set<() => void>();

  async function* act(
    { turns }: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent, void> {
    state.asked += 1;
    const [verb, count = '1'] = (turns.at(-1)?.text ?? '').split(' ');
    if (verb === 'long') throw new AppError('context-exceeded');
    const prompt = verb === 'dear' ? MANY_TOKENS : PROMPT_TOKENS;
    const counts = (output: number) => ({ prompt, cached: 0, output });
    yield { type: 'start', seed: 1, counts: counts(0) };
    let output = 0;
    while (output < Number(count) && !signal.aborted) {
      yield { type: 'tokens', text: `word ${String(output)} `, tokenIds: [output] };
      output += 1;
      if (verb === 'hold' && output === 1) await pause(signal);
    }
    const timings = { queuedMs: 0, prefillMs: 0, firstTokenMs: 1, totalMs: 1 };
    const reason = signal.aborted ? 'cancelled' : 'stop';
    yield { type: 'end', reason, counts: counts(output), timings };
  }

  function pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        waiting.delete(go);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }

  return {
    generate: act,
    get asked() {
      return state.asked;
    },
    get held() {
      return waiting.size;
    },
    letGo() {
      for (const go of waiting) go();
    },
  };
}

/** What `say N` and `hold N` answer. */
export function toldText(count: number): string {
  return Array.from({ length: count }, (_value, index) => `word ${String(index)} `).join('');
}
