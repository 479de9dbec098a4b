/** Who takes part in a step of the model, and what each of them does in it. */
import type { RelayShare } from '../protocol/relay-share.ts';
import type { Generation } from './generation.ts';
import type { SequencePort, TokenSource } from './model-context.ts';
import { prefillChunk } from './prefill.ts';

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

/** What each running answer does in one step: one token for who writes, a piece of prompt for who still reads. */
export function planStep(slots: readonly Slot[], prefillTokens: number): readonly StepPart[] {
  let budget = prefillTokens;
  const parts: StepPart[] = [];
  const ownersOnly = isOwnerServed(slots);
  // The oldest prompt gets the budget first: sharing it out would make all of them late.
  const inOrder = [...slots].sort((a, b) => a.lastUse - b.lastUse);
  for (const { port, running } of inOrder) {
    if (running === null || !canGo(running)) continue;
    const { relay } = running.generation.request;
    if (ownersOnly && relay !== undefined) continue;
    const body = bodyLeft(running);
    const chunk = prefillChunk(body, budget);
    if (body > 0 && chunk === 0) continue;
    budget -= chunk;
    parts.push({
      relay,
      run: () => (chunk > 0 ? read(port, running, chunk) : write(port, running)),
    });
  }
  return parts;
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

async function write(port: SequencePort, running: Running): Promise<void> {
  const { generation } = running;
  running.source ??= port.open(generation.prompt.slice(-1), {
    ...generation.request.sampling,
    seed: generation.seed,
  });
  generation.accept(await running.source.next());
}

/** Unlike `Promise.all`, leaves nothing running behind a failure. */
async function allDone(parts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(parts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
