/** An engine whose answers the question spells out: how many tokens, how many of the prompt cached, and what end. */
import { appendFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../electron/platform/app-error.ts';
import type { ChatTurn, GenerateEvent, GenerateRequest } from '../../electron/protocol/generate.ts';
import type { RelayEngine, RelayQuestion } from '../../electron/relay/ports.ts';
import { DEFAULT_SAMPLING } from '../../electron/protocol/generate.ts';
import { reach } from './death.ts';

/** One question of its own kind; `id` is never asked twice. */
export interface Question {
  readonly id: string;
  readonly tokens: number;
  readonly cached: number;
  readonly end: 'stop' | 'crash';
  /** Seconds for which its conversation is to be kept. */
  readonly holdSeconds: number;
}

const PROMPT_TOKENS = 40;

/** @param before a conversation that it goes on from */
export function requestOf(
  { id, tokens, cached, end, holdSeconds }: Question,
  before: readonly ChatTurn[],
): RelayQuestion {
  const text = [id, tokens, cached, end].join(' ');
  const sampling = { ...DEFAULT_SAMPLING, temperature: 0 };
  const turns = [...before, { role: 'user', text } as const];
  return { turns, sampling, maxTokens: 64, stop: [], holdSeconds };
}

/** @param file gets a line for each question that reaches an engine */
export function createScriptedEngine(file: string): RelayEngine {
  return { generate: (request, signal) => answer(file, request, signal) };
}

async function* answer(
  file: string,
  { turns }: GenerateRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const [id = '', tokens = '', cached = '', end = ''] = turns.at(-1)?.text.split(' ') ?? [];
  appendFileSync(file, `${id}\n`);
  const wanted = Number(tokens);
  // Of what was kept for it, a part is there.
  const counts = { prompt: PROMPT_TOKENS, cached: Number(cached), held: Number(cached), output: 0 };
  reach('engine asked');
  await turn();
  yield { type: 'start', seed: 1, counts };
  let output = 0;
  while (output < wanted && !signal.aborted) {
    await turn();
    if (output === 0) reach('engine first token');
    else if (output === Math.floor(wanted / 2)) reach('engine middle');
    yield { type: 'tokens', text: `${String(output)} `, tokenIds: [output] };
    output += 1;
  }
  await turn();
  if (end === 'crash' && !signal.aborted) throw new AppError('engine-crashed');
  reach('engine end');
  const timings = { queuedMs: 0, prefillMs: 1, firstTokenMs: 1, totalMs: 2 };
  const reason = signal.aborted ? 'cancelled' : 'stop';
  yield { type: 'end', reason, counts: { ...counts, output }, timings };
}
