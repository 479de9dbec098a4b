/** Who takes part in a step of the model, and what each of them does in it. */
import type { RelayShare } from '../protocol/relay-share.ts';
import type { Generation } from './generation.ts';
import type {
  Draft,
  ModelContext,
  SampledToken,
  SequencePort,
  TokenSource,
} from './model-context.ts';
import { prefillChunk } from './prefill.ts';
import { createDrafts } from './speculation-drafts.ts';
import { createGuesses, type Guesses } from './speculation.ts';

/** One of the model's sequences, and the answer that has it. */
export interface Slot {
  readonly port: SequencePort;
  lastUse: number;
  running: Running | null;
}

export interface Running {
  readonly generation: Generation;
  /** Prompt tokens whose state the sequence holds. */
  evaluated: number;
  source: TokenSource | null;
  /** Null before its first token, and where nothing is guessed. */
  guesses: Guesses | null;
  /** Somebody else is reading the beginning of its prompt, and it will have it from there. */
  isWaiting: boolean;
}

export function startRunning(generation: Generation): Running {
  return { generation, evaluated: 0, source: null, guesses: null, isWaiting: false };
}

export interface StepPart {
  /** Undefined for the owner's own. */
  readonly relay: RelayShare | undefined;
  run(): Promise<void>;
}

export function isRelay(generation: Generation): boolean {
  return generation.request.relay !== undefined;
}

/** Whether one of the owner's own requests is being answered. One whose reader is behind keeps nobody waiting. */
export function isOwnerServed(slots: readonly Slot[]): boolean {
  return slots.some(
    ({ running }) => running !== null && !isRelay(running.generation) && canGo(running),
  );
}

export interface StepTurn {
  /** Relays are paused otherwise. */
  readonly isOpenToRelays: boolean;
  /** The prompt that came first is read first; otherwise the most urgent one, and of those the shortest. */
  readonly isOldestFirst: boolean;
  /** Where it pays to guess how an answer goes on, and who else can be asked. */
  readonly guessing: Pick<ModelContext, 'stepCosts' | 'draft'>;
  /** With more guesses the step would take too long for whoever comes meanwhile. */
  readonly mostGuessed: number;
  /** Most prompt tokens beside so many answers that are written. */
  promptTokens(writers: number, isForRelays: boolean): number;
}

export interface Step {
  readonly parts: readonly StepPart[];
  readonly writers: number;
  /** Prompt tokens that are read in it, and how many there could have been. */
  readonly prompt: number;
  readonly offered: number;
  /** Tokens that are guessed, and checked beside the one that comes in any case. */
  readonly guessed: number;
}

/**
 * What each running answer does in one step: one token for who writes, a piece of prompt for who still reads. The
 * first prompt in order takes what it can: sharing the step out would make all of them late.
 */
export function planStep(slots: readonly Slot[], turn: StepTurn): Step {
  const going = whoGoes(slots, turn.isOpenToRelays);
  const writers = going.filter(({ body }) => body === 0);
  const readers = going.filter(({ body }) => body > 0);
  const isForRelays = going.every(({ relay }) => relay !== undefined);
  const offered = readers.length > 0 ? turn.promptTokens(writers.length, isForRelays) : 0;
  readers.sort(turn.isOldestFirst ? byAge : byUrgency);
  let left = offered;
  const reading = readers.flatMap(({ port, running, relay, body }) => {
    const chunk = prefillChunk(body, left);
    left -= chunk;
    return chunk === 0 ? [] : [{ relay, run: () => read(port, running, chunk) }];
  });
  // Somebody else's token would come later for it.
  const [alone] = going.length === 1 ? going : [];
  const guesses = guessesOf(alone?.running, turn.mostGuessed);
  const asked = guesses.length > 0 ? 0 : worthAsking(alone?.running, turn.mostGuessed);
  const { draft } = turn.guessing;
  if (alone !== undefined && draft !== undefined && asked > 0) {
    return askingStep(alone, draft, asked);
  }
  const writing = writers.map(({ port, running, relay }) => ({
    relay,
    run: () => write(port, running, guesses, turn),
  }));
  const parts = [...writing, ...reading];
  const guessed = guesses.length;
  return { parts, writers: writers.length, prompt: offered - left, offered, guessed };
}

/** The last token of an answer is not evaluated, so that guessing it would gain nothing. */
function guessesOf(running: Running | undefined, most: number): readonly number[] {
  return running?.guesses?.next(Math.min(running.generation.room - 1, most)) ?? [];
}

function worthAsking(running: Running | undefined, most: number): number {
  const room = (running?.generation.room ?? 0) - 1;
  return running?.guesses?.drafts?.wanted(Math.min(room, most), room) ?? 0;
}

/** A step of the small model alone: what it expects is checked in the next one, which is timed as any other. */
function askingStep({ running, relay }: Going, draft: Draft, most: number): Step {
  const run = async (): Promise<void> => {
    const text = running.guesses?.text ?? [];
    running.guesses?.drafts?.came(await draft.guess(text, most));
  };
  return { parts: [{ relay, run }], writers: 0, prompt: 0, offered: 0, guessed: 0 };
}

interface Going {
  readonly port: SequencePort;
  readonly running: Running;
  readonly relay: RelayShare | undefined;
  /** Prompt tokens to evaluate before the last one. */
  readonly body: number;
  readonly age: number;
}

function whoGoes(slots: readonly Slot[], isOpenToRelays: boolean): readonly Going[] {
  const mayRelay = isOpenToRelays && !isOwnerServed(slots);
  return slots.flatMap(({ port, running, lastUse }) => {
    if (running === null || running.isWaiting || !canGo(running)) return [];
    const { relay } = running.generation.request;
    if (relay !== undefined && !mayRelay) return [];
    return [{ port, running, relay, body: bodyLeft(running), age: lastUse }];
  });
}

function byAge(a: Going, b: Going): number {
  return a.age - b.age;
}

function byUrgency(a: Going, b: Going): number {
  const later = (each: Going) => Number(each.running.generation.request.priority === 'can-wait');
  return later(a) - later(b) || a.body - b.body || byAge(a, b);
}

/** The share by which a step is paced: the smallest, when only relays took part. @returns null when the owner did */
export function pacedBy(parts: readonly StepPart[]): RelayShare | null {
  let smallest: RelayShare | null = null;
  for (const { relay } of parts) {
    if (relay === undefined) return null;
    if (smallest === null || relay.duty < smallest.duty) smallest = relay;
  }
  return smallest;
}

/** @param together whether what is asked for goes into one batch */
export async function takeStep(parts: readonly StepPart[], together: boolean): Promise<void> {
  // What is asked for in the same turn of the event loop goes into the same batch.
  if (together) await allDone(parts.map((part) => part.run()));
  else for (const part of parts) await part.run();
}

export async function leave(slot: Slot): Promise<void> {
  const source = slot.running?.source;
  slot.running = null;
  await source?.close();
}

/** Neither ended nor waiting for its reader. */
function canGo({ generation }: Running): boolean {
  return !generation.ended && !generation.held;
}

/** Prompt tokens to evaluate before the last one, which is evaluated alone and begins the answer. */
function bodyLeft({ generation, evaluated, source }: Running): number {
  return source === null ? generation.prompt.length - 1 - evaluated : 0;
}

async function read(port: SequencePort, running: Running, chunk: number): Promise<void> {
  const { generation, evaluated } = running;
  await port.prefill(generation.prompt.slice(evaluated, evaluated + chunk));
  running.evaluated += chunk;
}

async function write(
  port: SequencePort,
  running: Running,
  guesses: readonly number[],
  turn: StepTurn,
): Promise<void> {
  const { generation } = running;
  const take = (token: SampledToken | null) => {
    generation.accept(token);
    if (token !== null) running.guesses?.saw(token.id);
    return canGo(running);
  };
  const source = running.source ?? open(port, running, turn);
  if (guesses.length > 0 && source.check !== undefined) await source.check(guesses, take);
  else take(await source.next());
}

function open(port: SequencePort, running: Running, { guessing }: StepTurn): TokenSource {
  const { stepCosts, draft } = guessing;
  const { prompt, sampling } = running.generation;
  const source = port.open(prompt.slice(-1), sampling);
  running.source = source;
  if (stepCosts === undefined || !port.canRewind || source.check === undefined) return source;
  const drafts = draft ? createDrafts(stepCosts, draft, prompt.length) : null;
  running.guesses = createGuesses(stepCosts, prompt, drafts);
  return source;
}

/** Unlike `Promise.all`, leaves nothing running behind a failure. */
async function allDone(parts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(parts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
