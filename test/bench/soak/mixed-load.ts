/** One client of the soak: asks, reads, leaves or cancels, over and over, and keeps count of how it ended. */
import type { ChatTurn } from '../../../electron/protocol/generate.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import type { Engine } from '../../../electron/engine/ports.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import type { Draw } from './draw.ts';

const LONGEST_PROMPT_WORDS = 1500;
const LONGEST_ANSWER_TOKENS = 300;
const LONGEST_PATIENCE_MS = 1500;
const LONGEST_PAUSE_MS = 300;
const MOST_TURNS = 6;

export interface Tally {
  asked: number;
  /** By end reason or error code. */
  readonly ends: Map<string, number>;
  /** Requests that ended more than once, or not at all. */
  wrongEnds: number;
  tokens: number;
}

export function createTally(): Tally {
  return { asked: 0, ends: new Map(), wrongEnds: 0, tokens: 0 };
}

/** Resolves after `over` is aborted and its last request has ended. */
export async function keepAsking(
  engine: Engine,
  draw: Draw,
  tally: Tally,
  over: AbortSignal,
): Promise<void> {
  let turns: readonly ChatTurn[] = [];
  while (!over.aborted) {
    const goesOn = turns.length > 0 && turns.length < MOST_TURNS && draw.chance(0.5);
    turns = [...(goesOn ? turns : []), { role: 'user', text: question(draw) }];
    const answer = await askOnce(engine, turns, draw, tally);
    turns = answer === '' ? [] : [...turns, { role: 'assistant', text: answer }];
    if (draw.chance(0.3)) await pause(draw.below(LONGEST_PAUSE_MS));
  }
}

async function askOnce(
  engine: Engine,
  turns: readonly ChatTurn[],
  draw: Draw,
  tally: Tally,
): Promise<string> {
  const controller = new AbortController();
  const patienceMs = draw.chance(0.35) ? draw.below(LONGEST_PATIENCE_MS) : null;
  const timer =
    patienceMs === null
      ? null
      : setTimeout(() => {
          controller.abort();
        }, patienceMs);
  const leavesAfter = draw.chance(0.1) ? draw.below(40) : Infinity;
  const ends: string[] = [];
  let text = '';
  let events = 0;
  tally.asked += 1;
  try {
    for await (const event of engine.generate(requestOf(turns, draw), controller.signal)) {
      if (event.type === 'end') ends.push(event.reason);
      if (event.type === 'tokens') {
        text += event.text;
        tally.tokens += event.tokenIds.length;
      }
      events += 1;
      if (events <= leavesAfter) continue;
      if (ends.length === 0) ends.push('left');
      break;
    }
  } catch (error) {
    ends.push(toAppError(error).code);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
  if (ends.length !== 1) tally.wrongEnds += 1;
  for (const end of ends) tally.ends.set(end, (tally.ends.get(end) ?? 0) + 1);
  return text;
}

function requestOf(turns: readonly ChatTurn[], draw: Draw) {
  const temperature = draw.chance(0.4) ? 0 : 0.8;
  return {
    turns,
    maxTokens: 1 + draw.below(LONGEST_ANSWER_TOKENS),
    sampling: { ...DEFAULT_SAMPLING, temperature, seed: draw.below(1_000_000) },
    stop: draw.chance(0.1) ? ['.'] : [],
    ...(draw.chance(0.3) && { relay: { duty: 1 } }),
  };
}

/** Mostly short; now and then longer than the context, which must be refused and nothing else. */
function question(draw: Draw): string {
  const words = draw.chance(0.8) ? draw.below(60) : draw.below(LONGEST_PROMPT_WORDS);
  const filler = Array.from({ length: words }, () => `word${String(draw.below(90))}`);
  return `Tell me about number ${String(draw.below(10_000))}. ${filler.join(' ')}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
