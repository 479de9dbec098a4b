/** Runs many requests on one model in lock step: in every step everybody gets one token further. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createGeneration, type Generation, type GenerationSink } from './generation.ts';
import type { ModelContext, SequencePort, TokenSource } from './model-context.ts';
import { prefillChunk, reusable } from './prefill.ts';
import { toSamplerSeed } from './seed.ts';
import { chooseSlot } from './slots.ts';
import { createWatchdog } from './watchdog.ts';
import type { GenerateRequest } from '../protocol/generate.ts';

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
  submit(request: GenerateRequest, sink: GenerationSink): Submitted;
  /** Requests that are running or waiting. */
  readonly load: number;
  /** Cancels everything; resolves when no step is running any more. */
  dispose(): Promise<void>;
}

interface Slot {
  readonly port: SequencePort;
  lastUse: number;
  running: Running | null;
}

interface Running {
  readonly generation: Generation;
  /** Prompt tokens whose state the sequence holds. */
  evaluated: number;
  source: TokenSource | null;
}

export function createScheduler(
  model: ModelContext,
  ports: SchedulerPorts,
  limits: SchedulerLimits,
): Scheduler {
  const slots: Slot[] = model.sequences.map((port) => ({ port, lastUse: 0, running: null }));
  const queue: Generation[] = [];
  let uses = 0;
  let loop: Promise<void> | null = null;
  let closed: AppError | null = null;
  let isBroken = false;
  let wake: () => void = () => undefined;

  /** The one place between two batches. Nothing is being evaluated here; pause and duty belong here. */
  const betweenSteps = async () => {
    for (const slot of slots) {
      if (slot.running?.generation.ended === true) await leave(slot);
    }
    dropEnded(queue);
    while (queue.length > 0 && (await admitNext())) dropEnded(queue);
  };

  const admitNext = async (): Promise<boolean> => {
    const idle = slots.filter((slot) => slot.running === null);
    const generation = queue[0];
    if (generation === undefined) return false;
    const choice = chooseSlot(
      idle.map((slot) => ({ held: slot.port.held(), lastUse: slot.lastUse })),
      generation.prompt,
    );
    const slot = choice === null ? undefined : idle[choice.index];
    if (choice === null || slot === undefined) return false;
    queue.shift();
    slot.lastUse = uses += 1;
    // Before anything is waited for: whoever ends everything must find this one too.
    const running: Running = { generation, evaluated: 0, source: null };
    slot.running = running;
    running.evaluated = await slot.port.keep(reusable(choice.shared, generation.prompt.length));
    if (!generation.ended) generation.admit(running.evaluated);
    return true;
  };

  /** One token for everybody who writes, and a piece of prompt for those who still read. */
  const step = async (parts: readonly StepPart[]) => {
    // What is asked for in the same turn of the event loop goes into the same batch.
    if (limits.together) await allDone(parts.map((part) => part()));
    else for (const part of parts) await part();
  };

  const watched = createWatchdog(ports.clock, limits.stepMs, () => {
    breakDown(new Error('a step of the model did not come to an end'));
  });

  const run = async () => {
    try {
      while (!isBroken) {
        await watched(betweenSteps);
        const parts = planStep(slots, limits.prefillTokens);
        if (parts.length > 0) await watched(() => step(parts));
        else if (isStuck()) await somethingNew();
        // A request may have come in while the last ones left: then the loop is not over.
        else if (queue.length === 0 && slots.every((slot) => slot.running === null)) break;
      }
    } catch (error) {
      breakDown(error);
    } finally {
      loop = null;
    }
  };

  /** Everybody who writes is held, and nobody can leave or come in. */
  const isStuck = () => {
    const isOpen = queue.length > 0;
    return slots.some(isHeld) && slots.every((slot) => (slot.running ? isHeld(slot) : !isOpen));
  };

  const somethingNew = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

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
      const free = slots.filter((slot) => slot.running === null).length;
      if (queue.length >= limits.waiting + free) {
        throw new AppError('engine-busy', { details: `${String(queue.length)} are waiting` });
      }
      const prompt = promptFor(request, model);
      const seed = toSamplerSeed(request.sampling.seed ?? ports.drawSeed());
      const generation = createGeneration(request, prompt, seed, model, ports.clock, sink);
      queue.push(generation);
      loop ??= Promise.resolve().then(run);
      wake();
      return {
        cancel() {
          generation.cancel();
          wake();
        },
        hold(isHeld) {
          generation.hold(isHeld);
          wake();
        },
      };
    },
    get load() {
      return everything().filter((generation) => !generation.ended).length;
    },
    async dispose() {
      closed ??= new AppError('cancelled', { details: 'the engine is closing' });
      for (const generation of everything()) generation.cancel();
      wake();
      await loop;
    },
  };
}

type StepPart = () => Promise<void>;

/** Whether the slot waits for its reader; one that has ended meanwhile waits for nobody. */
function isHeld({ running }: Slot): boolean {
  return running !== null && running.generation.held && !running.generation.ended;
}

/** What each running answer does in one step. */
function planStep(slots: readonly Slot[], prefillTokens: number): readonly StepPart[] {
  let budget = prefillTokens;
  const parts: StepPart[] = [];
  // The oldest prompt gets the budget first: sharing it out would make all of them late.
  const inOrder = [...slots].sort((a, b) => a.lastUse - b.lastUse);
  for (const slot of inOrder) {
    const { port, running } = slot;
    if (running === null || running.generation.ended || isHeld(slot)) continue;
    const body = bodyLeft(running);
    const chunk = prefillChunk(body, budget);
    if (body > 0 && chunk === 0) continue;
    budget -= chunk;
    parts.push(() => (chunk > 0 ? read(port, running, chunk) : write(port, running)));
  }
  return parts;
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

async function leave(slot: Slot): Promise<void> {
  const source = slot.running?.source;
  slot.running = null;
  await source?.close();
}

function dropEnded(queue: Generation[]): void {
  for (let index = queue.length - 1; index >= 0; index -= 1) {
    if (queue[index]?.ended === true) queue.splice(index, 1);
  }
}

function promptFor(request: GenerateRequest, model: ModelContext): readonly number[] {
  const prompt = model.render(request.turns);
  if (prompt.length === 0) throw new AppError('bad-request', { details: 'the prompt is empty' });
  if (prompt.length < model.contextTokens) return prompt;
  throw new AppError('context-exceeded', {
    details: `the prompt has ${String(prompt.length)} tokens, the context ${String(model.contextTokens)}`,
  });
}
