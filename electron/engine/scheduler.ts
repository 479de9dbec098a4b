/** Runs many requests on one model in lock step: in every step everybody gets one token further. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createGeneration, type Generation, type GenerationSink } from './generation.ts';
import type { ModelContext } from './model-context.ts';
import { createNews } from './news.ts';
import type { EngineRequest } from './ports.ts';
import { createPlaces, type Known } from './places.ts';
import type { PrefixStore } from './prefix-store.ts';
import { createRelayPace } from './relay-pace.ts';
import { idleFor, lastRelay, mayTakePlace } from './seats.ts';
import { toSamplerSeed } from './seed.ts';
import { mostGuessed } from './speculation-rule.ts';
import { NO_STEPS, promptTokens, RELAYS_MS, tokensWorthBringing, withStep } from './step-budget.ts';
import {
  isOwnerServed,
  isRelay,
  leave,
  pacedBy,
  planStep,
  startRunning,
  takeStep,
  type Slot,
  type Step,
} from './step-plan.ts';
import { createWaitingLine } from './waiting-line.ts';
import { createWatchdog } from './watchdog.ts';

/** Every so many steps in which prompts are read, the one that came first goes first, however long it is. */
const OLDEST_EVERY = 4;
/** Relays that the owner has kept waiting for so long end: whoever asked is answered sooner elsewhere. */
export const RELAY_PATIENCE_MS = 60_000;

export interface SchedulerLimits {
  /** Most prompt tokens in one step, over all sequences: what a batch can hold. Fewer are read while steps are slow. */
  readonly prefillTokens: number;
  /** Requests that may wait while every sequence is busy. */
  readonly waiting: number;
  /**
   * Whether all sequences of a step share one batch, which is what makes most models fast. Kernels round differently
   * for different widths, so a seed then gives the same text only in the same company. Without it every
   * sequence has a batch of its own and nothing that others do can change a text.
   */
  readonly together: boolean;
  /** A step, or what is done between two of them, that takes longer counts as a failure of the model. */
  readonly stepMs: number;
}

export interface SchedulerPorts {
  readonly clock: Clock;
  /** Any whole number. */
  drawSeed(): number;
  /** Where states are kept beside the sequences; left out, nowhere. */
  readonly store?: PrefixStore | undefined;
  /** The model failed in the middle of a step: everything was told so, and nothing more can run. */
  onBroken(error: unknown): void;
}

/** What can be done about a request after it was queued. */
export interface Submitted {
  cancel(): void;
  /**
   * Keeps it from writing any further, or lets it go on: it keeps its sequence and everybody else goes on. For
   * readers that are behind.
   */
  hold(isHeld: boolean): void;
}

export interface Scheduler {
  /**
   * Queues a request and tells `sink` about it from now on, never before this returns.
   * @throws AppError `engine-busy`, `context-exceeded`, `bad-request`
   */
  submit(request: EngineRequest, sink: GenerationSink): Submitted;
  /**
   * Limits the part of the time that relays may have, 0 to 1. With 0 they keep their places and stand still from the
   * next step on; the owner's own requests are never held back.
   * @returns resolved once no relay computes beyond it: what they have begun is over
   */
  paceRelays(share: number): Promise<void>;
  /** Lets go of what is kept of the owner's conversations, but for those that are being answered. */
  forgetOwner(): void;
  /** Requests that are running or waiting. */
  readonly load: number;
  /** Cancels everything; resolves when no step is running any more. */
  dispose(): Promise<void>;
}

export function createScheduler(
  model: ModelContext,
  ports: SchedulerPorts,
  limits: SchedulerLimits,
): Scheduler {
  const slots: Slot[] = model.sequences.map((port) => ({ port, lastUse: 0, running: null }));
  const line = createWaitingLine();
  const news = createNews(ports.clock);
  const pace = createRelayPace(ports.clock, news);
  const places = createPlaces({ ...ports, leastTokens: () => tokensWorthBringing(history) });
  let uses = 0;
  let history = NO_STEPS;
  let readingSteps = 0;
  let relaysWaitSinceMs = ports.clock.monotonicMs();
  let loop: Promise<void> | null = null;
  let closed: AppError | null = null;
  let isBroken = false;

  /** The one place between two batches: nothing is being evaluated here. */
  const betweenSteps = async () => {
    sendRelaysAway();
    for (const slot of slots) {
      if (slot.running?.generation.ended === true) await free(slot, slot.running.generation);
    }
    for (const { slot, known } of await places.begin()) admitted(slot, known);
    line.dropEnded();
    while (await admitNext()) line.dropEnded();
  };

  /** However much the owner asks, a relay hears in the end. */
  const sendRelaysAway = () => {
    const nowMs = ports.clock.monotonicMs();
    if (!isOwnerAsking()) relaysWaitSinceMs = nowMs;
    const longAgoMs = nowMs - RELAY_PATIENCE_MS;
    if (relaysWaitSinceMs > longAgoMs) return;
    const details = 'its owner has needed the engine for a minute';
    for (const generation of [...placed().filter(isRelay), ...line.relaysSince(longAgoMs)]) {
      generation.fail(new AppError('owner-returned', { details }));
    }
  };

  const free = async (slot: Slot, generation: Generation) => {
    await leave(slot);
    await places.left(slot, generation);
  };

  const admitNext = async (): Promise<boolean> => {
    const next = line.next();
    if (next === null || !mayTakePlace(slots, next)) return false;
    const { generation } = next;
    const forRelay = isRelay(generation);
    // Relays come in when the owner asks for nothing.
    if (forRelay && (!pace.isOpen || isOwnerServed(slots))) return false;
    const slot = places.choose(idleFor(slots, forRelay), generation);
    if (slot === null) return !forRelay && (await makeRoom());
    line.take(next);
    slot.lastUse = uses += 1;
    // Before anything is waited for: whoever ends everything must find this one too.
    const running = startRunning(generation);
    slot.running = running;
    const known = await places.fill(slot, generation);
    if (known !== null) admitted(slot, known);
    return true;
  };

  const admitted = ({ running }: Slot, known: Known) => {
    if (running === null) return;
    running.evaluated = known.tokens;
    if (!running.generation.ended) running.generation.admit(known);
  };

  /** The owner waits for no relay: one ends for it. */
  const makeRoom = async (): Promise<boolean> => {
    const last = lastRelay(slots);
    if (last?.running == null) return false;
    const details = 'every place in the engine was needed for its owner';
    last.running.generation.fail(new AppError('owner-returned', { details }));
    await free(last, last.running.generation);
    return true;
  };

  const watched = createWatchdog(ports.clock, limits.stepMs, () => {
    breakDown(new Error('a step of the model did not come to an end'));
  });

  const nextStep = (): Step =>
    planStep(slots, {
      isOpenToRelays: pace.isOpen,
      isOldestFirst: readingSteps % OLDEST_EVERY === 0,
      guessing: model,
      mostGuessed: mostGuessed(model.stepCosts ?? [], history.alone, RELAYS_MS),
      promptTokens: (writers, isForRelays) =>
        promptTokens(history, { writers, isForRelays, most: limits.prefillTokens }),
    });

  const take = async ({ parts, prompt, offered, writers, guessed }: Step) => {
    if (prompt > 0) readingSteps += 1;
    const beganMs = ports.clock.monotonicMs();
    const share = pacedBy(parts);
    const step = () => takeStep(parts, limits.together);
    await watched(share === null ? step : () => pace.during(step()));
    const ms = ports.clock.monotonicMs() - beganMs;
    history = withStep(history, { prompt, offered, writers, guessed, ms });
    if (share === null) return;
    pace.worked(ms, share.duty);
    await pace.rest(isWanted);
    relaysWaitSinceMs = ports.clock.monotonicMs();
  };

  /** Also between two of its requests, when one has ended and the next has no place yet. */
  const isOwnerAsking = () =>
    isOwnerServed(slots) ||
    line.all.some((generation) => !isRelay(generation) && !generation.ended);

  /** Whether the relays' rest is over before its time. */
  const isWanted = () => closed !== null || isOwnerAsking();

  const sleep = async () => {
    await news.next(null);
    // Nobody worked, so nobody was kept waiting by the owner.
    relaysWaitSinceMs = ports.clock.monotonicMs();
  };

  const run = async () => {
    try {
      while (!isBroken) {
        news.read();
        await watched(betweenSteps);
        const step = nextStep();
        if (step.parts.length > 0) await take(step);
        // A request may have come in while the last ones left: then the loop is not over.
        else if (everything().length === 0) break;
        // Everybody waits for readers or is paused, and nobody can leave or come in.
        else await sleep();
      }
    } catch (error) {
      breakDown(error);
    } finally {
      loop = null;
    }
  };

  const breakDown = (error: unknown) => {
    if (isBroken) return;
    isBroken = true;
    const { details } = toAppError(error);
    closed = new AppError('engine-crashed', { ...(details && { details }), cause: error });
    for (const generation of everything()) generation.fail(closed);
    line.clear();
    ports.onBroken(error);
  };

  const placed = (): Generation[] =>
    slots.flatMap((slot) => (slot.running === null ? [] : [slot.running.generation]));

  const everything = (): Generation[] => [...placed(), ...line.all];

  return {
    submit(request, sink) {
      if (closed !== null) throw closed;
      line.dropEnded();
      const forRelay = request.relay !== undefined;
      // Relays that wait keep nobody out who goes before them.
      const ahead = forRelay ? line.all : line.all.filter((generation) => !isRelay(generation));
      if (ahead.length >= limits.waiting + idleFor(slots, forRelay).length) {
        throw new AppError('engine-busy', { details: `${String(ahead.length)} are waiting` });
      }
      const prompt = promptFor(request, model);
      const seed = toSamplerSeed(request.sampling.seed ?? ports.drawSeed());
      const generation = createGeneration(request, prompt, seed, model, ports.clock, sink);
      line.add(generation, ports.clock.monotonicMs());
      loop ??= Promise.resolve().then(run);
      news.tell();
      return {
        cancel() {
          generation.cancel();
          news.tell();
        },
        hold(isHeld) {
          generation.hold(isHeld);
          news.tell();
        },
      };
    },
    paceRelays: pace.limit,
    forgetOwner() {
      if (closed !== null) return;
      places.forgetOwner();
      loop ??= Promise.resolve().then(run);
      news.tell();
    },
    get load() {
      return everything().filter((generation) => !generation.ended).length;
    },
    async dispose() {
      closed ??= new AppError('cancelled', { details: 'the engine is closing' });
      for (const generation of everything()) generation.cancel();
      news.tell();
      places.dispose();
      await loop;
    },
  };
}

function promptFor(request: EngineRequest, model: ModelContext): readonly number[] {
  const prompt = model.render(request.turns);
  if (prompt.length === 0) throw new AppError('bad-request', { details: 'the prompt is empty' });
  if (prompt.length < model.contextTokens) return prompt;
  throw new AppError('context-exceeded', {
    details: `the prompt has ${String(prompt.length)} tokens, the context ${String(model.contextTokens)}`,
  });
}
