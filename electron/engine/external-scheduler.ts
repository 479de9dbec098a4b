/** The same order of requests as for a model of our own, where another server does the work. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Counts, EndReason, Timings } from '../protocol/generate.ts';
import type { ExternalClient } from './external-client.ts';
import type { GenerationSink } from './generation.ts';
import type { ModelContext } from './model-context.ts';
import type { EngineRequest } from './ports.ts';
import { RELAY_PATIENCE_MS, type Scheduler } from './scheduler.ts';
import { toSamplerSeed } from './seed.ts';

/** The model file that stands for what the server runs: how prompts are counted, and texts. */
export interface Vocabulary extends Pick<ModelContext, 'contextTokens' | 'render'> {
  tokenize(text: string): readonly number[];
}

export interface ExternalLimits {
  /** Answers that the server may write at the same time. */
  readonly places: number;
  readonly waiting: number;
}

interface Job {
  readonly request: EngineRequest;
  readonly sink: GenerationSink;
  readonly promptTokens: number;
  readonly seed: number;
  readonly arrivedMs: number;
  readonly stop: AbortController;
  /** Resolved unless its reader is behind; one that is to end waits for no reader. */
  gate: PromiseWithResolvers<undefined>;
  /** Resolved when it has ended. */
  readonly over: PromiseWithResolvers<undefined>;
  isRunning: boolean;
}

export function createExternalScheduler(
  vocabulary: Vocabulary,
  client: ExternalClient,
  ports: { readonly clock: Clock; drawSeed(): number },
  limits: ExternalLimits,
): Scheduler {
  const jobs = new Set<Job>();
  let share = 1;
  let closed: AppError | null = null;

  const running = () => [...jobs].filter(({ isRunning }) => isRunning);
  const waiting = () => [...jobs].filter(({ isRunning }) => !isRunning);
  const isOwnerServed = () => running().some((job) => !isRelay(job));

  /** The server decides how it shares its time out; what is not sent to it takes none. */
  const startNext = (): void => {
    const next = waiting().find((job) => !isRelay(job)) ?? waiting()[0];
    if (next === undefined) return;
    if (isRelay(next) && (share === 0 || isOwnerServed())) return;
    if (running().length >= limits.places) {
      if (!isRelay(next)) giveWay();
      return;
    }
    next.isRunning = true;
    void run(next);
    startNext();
  };

  /** The owner waits for no relay: the last one to come, which has the least to lose, ends for it. */
  const giveWay = (): void => {
    const last = running().findLast(isRelay);
    last?.stop.abort(new AppError('owner-returned', { details: 'its owner needed the place' }));
  };

  /** However much the owner asks, a relay hears in the end. */
  const watch = (job: Job): void => {
    ports.clock.after(RELAY_PATIENCE_MS, () => {
      if (job.isRunning || !jobs.has(job)) return;
      if (share > 0 && !isOwnerServed()) {
        watch(job);
        return;
      }
      jobs.delete(job);
      const details = 'its owner has needed the server for a minute';
      job.sink.onError(new AppError('owner-returned', { details }));
    });
  };

  const run = async (job: Job): Promise<void> => {
    try {
      await answer(job, vocabulary, client, ports.clock);
    } catch (error) {
      job.sink.onError(toAppError(error));
    } finally {
      jobs.delete(job);
      job.over.resolve(undefined);
      startNext();
    }
  };

  return {
    submit(request, sink) {
      if (closed !== null) throw closed;
      const promptTokens = countPrompt(request, vocabulary);
      // Relays that wait keep nobody out who goes before them.
      const ahead = waiting().filter((job) => request.relay !== undefined || !isRelay(job));
      if (ahead.length >= limits.waiting) {
        throw new AppError('engine-busy', { details: `${String(ahead.length)} are waiting` });
      }
      const job: Job = {
        ...{ request, sink, promptTokens, stop: new AbortController(), isRunning: false },
        seed: toSamplerSeed(request.sampling.seed ?? ports.drawSeed()),
        arrivedMs: ports.clock.monotonicMs(),
        ...{ gate: opened(), over: Promise.withResolvers<undefined>() },
      };
      job.stop.signal.addEventListener('abort', () => {
        job.gate.resolve(undefined);
      });
      jobs.add(job);
      if (isRelay(job)) watch(job);
      // Nothing is told before this returns.
      queueMicrotask(startNext);
      return {
        cancel() {
          job.stop.abort();
          if (job.isRunning || !jobs.delete(job)) return;
          const counts = { prompt: promptTokens, cached: 0, output: 0 };
          sink.onEvent({ type: 'end', reason: 'cancelled', counts, timings: NO_TIMINGS });
        },
        hold(isHeld) {
          job.gate.resolve(undefined);
          if (isHeld && !job.stop.signal.aborted) job.gate = Promise.withResolvers();
        },
      };
    },
    async paceRelays(limit) {
      share = limit;
      if (share > 0) {
        startNext();
        return;
      }
      const ending = running().filter(isRelay);
      // An answer that is only not read goes on being written, on the device that is wanted back.
      for (const job of ending) job.stop.abort(paused());
      await Promise.all(ending.map(({ over }) => over.promise));
    },
    // Whatever the server keeps is its own affair.
    forgetOwner: () => undefined,
    get load() {
      return jobs.size;
    },
    async dispose() {
      closed ??= new AppError('cancelled', { details: 'the engine is closing' });
      for (const job of jobs) job.stop.abort(closed);
      await Promise.resolve();
    },
  };
}

const NO_TIMINGS: Timings = { queuedMs: 0, prefillMs: 0, firstTokenMs: null, totalMs: 0 };

async function answer(
  job: Job,
  vocabulary: Vocabulary,
  client: ExternalClient,
  clock: Clock,
): Promise<void> {
  const { request, sink, promptTokens, seed, arrivedMs, stop } = job;
  const room = vocabulary.contextTokens - promptTokens;
  const maxTokens = Math.min(request.maxTokens ?? room, room);
  const startedMs = clock.monotonicMs();
  let firstMs: number | null = null;
  let output = 0;
  const counts = (): Counts => ({ prompt: promptTokens, cached: 0, output });
  const end = (reason: EndReason) => {
    const totalMs = clock.monotonicMs() - arrivedMs;
    const firstTokenMs = firstMs === null ? null : firstMs - arrivedMs;
    const prefillMs = (firstMs ?? startedMs) - startedMs;
    const timings = { queuedMs: startedMs - arrivedMs, prefillMs, firstTokenMs, totalMs };
    sink.onEvent({ type: 'end', reason, counts: counts(), timings });
  };
  sink.onEvent({ type: 'start', seed, counts: counts() });
  try {
    for await (const event of client.ask({ ...request, seed, maxTokens }, stop.signal)) {
      if (event.type === 'end') {
        end(event.reason);
        return;
      }
      await job.gate.promise;
      stop.signal.throwIfAborted();
      firstMs ??= clock.monotonicMs();
      const tokenIds = vocabulary.tokenize(event.text);
      // The server counts by itself; what goes beyond our own count is not passed on.
      if (output + tokenIds.length > maxTokens) {
        end('length');
        return;
      }
      output += tokenIds.length;
      sink.onEvent({ type: 'tokens', text: event.text, tokenIds });
    }
    end('stop');
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    if (stop.signal.reason instanceof AppError) throw stop.signal.reason;
    end('cancelled');
  }
}

/** @throws AppError `bad-request`, `context-exceeded` */
function countPrompt(request: EngineRequest, vocabulary: Vocabulary): number {
  if (request.topLogprobs !== undefined) {
    const details = 'log-probabilities come from a model of our own only';
    throw new AppError('bad-request', { details });
  }
  const count = vocabulary.render(request.turns).length;
  if (count < vocabulary.contextTokens) return count;
  throw new AppError('context-exceeded', {
    details: `the prompt has ${String(count)} tokens, the context ${String(vocabulary.contextTokens)}`,
  });
}

function isRelay({ request }: Job): boolean {
  return request.relay !== undefined;
}

function paused(): AppError {
  return new AppError('owner-returned', { details: 'its owner is back' });
}

function opened(): PromiseWithResolvers<undefined> {
  const gate = Promise.withResolvers<undefined>();
  gate.resolve(undefined);
  return gate;
}
