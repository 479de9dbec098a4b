/** Runs many requests on one model in lock step: in every step everybody gets one token further. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createGeneration, type Generation, type GenerationSink } from './generation.ts';
import type { ModelContext } from './model-context.ts';
import { createNews } from './news.ts';
import type { EngineRequest } from './ports.ts';
import { reusable } from './prefill.ts';
import { createRelayPace } from './relay-pace.ts';
import { toSamplerSeed } from './seed.ts';
import { chooseSlot } from './slots.ts';
import {
  isOwnerServed,
  isRelay,
  leave,
  pacedBy,
  planStep,
  takeStep,
  type Running,
  type Slot,
  type StepPart,
} from './step-plan.ts';
import { createWatchdog } from './watchdog.ts';

export interface SchedulerLimits {
  /** Prompt tokens evaluated in one step, over all sequences: bounds how long a step can take. */
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
  const queue: Generation[] = [];
  const news = createNews(ports.clock);
  const pace = createRelayPace(ports.clock, news);
  let uses = 0;
  let loop: Promise<void> | null = null;
  let closed: AppError | null = null;
  let isBroken = false;

  /** The one place between two batches: nothing is being evaluated here. */
  const betweenSteps = async () => {
    for (const slot of slots) {
      if (slot.running?.generation.ended === true) await leave(slot);
    }
    dropEnded(queue);
    while (await admitNext()) dropEnded(queue);
  };

  const admitNext = async (): Promise<boolean> => {
    // Relays come in when the owner asks for nothing.
    const generation = queue.find((each) => !isRelay(each)) ?? queue[0];
    if (generation === undefined || (isRelay(generation) && isOwnerServed(slots))) return false;
    const idle = idleFor(isRelay(generation));
    const choice = chooseSlot(
      idle.map((slot) => ({ held: slot.port.held(), lastUse: slot.lastUse })),
      generation.prompt,
    );
    const slot = choice === null ? undefined : idle[choice.index];
    if (choice === null || slot === undefined) return !isRelay(generation) && (await makeRoom());
    queue.splice(queue.indexOf(generation), 1);
    slot.lastUse = uses += 1;
    // Before anything is waited for: whoever ends everything must find this one too.
    const running: Running = { generation, evaluated: 0, source: null };
    slot.running = running;
    running.evaluated = await slot.port.keep(reusable(choice.shared, generation.prompt.length));
    if (!generation.ended) generation.admit(running.evaluated);
    return true;
  };

  /**
   * The first sequence is the owner's own where there is more than one: the owner's next question then costs no
   * relay its place, and finds the conversation so far still there.
   */
  const idleFor = (relay: boolean): readonly Slot[] => {
    const open = relay && slots.length > 1 ? slots.slice(1) : slots;
    return open.filter((slot) => slot.running === null);
  };

  /** The owner waits for no relay: the last one to come, which has the least to lose, ends for it. */
  const makeRoom = async (): Promise<boolean> => {
    const [last] = slots
      .filter(({ running }) => running !== null && isRelay(running.generation))
      .sort((a, b) => b.lastUse - a.lastUse);
    if (last?.running == null) return false;
    const details = 'every place in the engine was needed for its owner';
    last.running.generation.fail(new AppError('owner-returned', { details }));
    await leave(last);
    return true;
  };

  const watched = createWatchdog(ports.clock, limits.stepMs, () => {
    breakDown(new Error('a step of the model did not come to an end'));
  });

  const step = async (parts: readonly StepPart[]) => {
    const beganMs = ports.clock.monotonicMs();
    await watched(() => takeStep(parts, limits.together));
    const share = pacedBy(parts);
    if (share === null) return;
    pace.worked(ports.clock.monotonicMs() - beganMs, share.duty);
    await pace.rest(isWanted);
  };

  /** Whether the relays' rest is over before its time. */
  const isWanted = () =>
    closed !== null ||
    isOwnerServed(slots) ||
    queue.some((generation) => !isRelay(generation) && !generation.ended);

  const run = async () => {
    try {
      while (!isBroken) {
        news.read();
        await watched(betweenSteps);
        const parts = planStep(slots, limits.prefillTokens);
        if (parts.length > 0) await step(parts);
        // A request may have come in while the last ones left: then the loop is not over.
        else if (queue.length === 0 && slots.every((slot) => slot.running === null)) break;
        // Everybody waits for readers, and nobody can leave or come in.
        else await news.next(null);
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
    queue.length = 0;
    ports.onBroken(error);
  };

  const everything = (): Generation[] => [
    ...slots.flatMap(({ running }) => (running === null ? [] : [running.generation])),
    ...queue,
  ];

  return {
    submit(request, sink) {
      if (closed !== null) throw closed;
      dropEnded(queue);
      const forRelay = request.relay !== undefined;
      // Relays that wait keep nobody out who goes before them.
      const ahead = forRelay ? queue : queue.filter((generation) => !isRelay(generation));
      if (ahead.length >= limits.waiting + idleFor(forRelay).length) {
        throw new AppError('engine-busy', { details: `${String(ahead.length)} are waiting` });
      }
      const prompt = promptFor(request, model);
      const seed = toSamplerSeed(request.sampling.seed ?? ports.drawSeed());
      const generation = createGeneration(request, prompt, seed, model, ports.clock, sink);
      queue.push(generation);
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
    get load() {
      return everything().filter((generation) => !generation.ended).length;
    },
    async dispose() {
      closed ??= new AppError('cancelled', { details: 'the engine is closing' });
      for (const generation of everything()) generation.cancel();
      news.tell();
      await loop;
    },
  };
}

function dropEnded(queue: Generation[]): void {
  for (let index = queue.length - 1; index >= 0; index -= 1) {
    if (queue[index]?.ended === true) queue.splice(index, 1);
  }
}

function promptFor(request: EngineRequest, model: ModelContext): readonly number[] {
  const prompt = model.render(request.turns);
  if (prompt.length === 0) throw new AppError('bad-request', { details: 'the prompt is empty' });
  if (prompt.length < model.contextTokens) return prompt;
  throw new AppError('context-exceeded', {
    details: `the prompt has ${String(prompt.length)} tokens, the context ${String(model.contextTokens)}`,
  });
}
