/** One accepted relay while it is served: from the engine's events to numbered chunks, within what may be charged. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { outputRoom } from '../protocol/cu.ts';
import type { Finish } from '../protocol/finish.ts';
import type { GenerateEvent } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';
import type { Hold } from '../protocol/hold.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import { createResponseHasher, type StreamPart } from '../protocol/relay-hash.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { RelayEvent } from '../protocol/wire-relay.ts';
import type { Handoff } from './handoff.ts';
import type { RelayEngine, RelayEngineRequest, ServedModels } from './ports.ts';
import type { Served } from './settle.ts';
import type { Stop } from './stop.ts';
import { logprobFaults, toTopLogprobs } from './top-logprobs.ts';

const UINT32_MAX = 2 ** 32 - 1;

export interface RunJob {
  readonly request: RelayEngineRequest;
  readonly model: ServedModel;
  readonly maxCu: bigint;
  /** What an earlier relay bought for this one. */
  readonly hold: Hold | null;
  readonly out: Handoff<RelayEvent>;
  readonly stop: Stop;
}

export interface RunPorts {
  readonly engine: RelayEngine;
  readonly models: ServedModels;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunOutcome {
  readonly served: Served;
  /** All that was said; empty when no conversation was to be kept. */
  readonly text: string;
  /** Set when nothing was said and the Application should hear why instead of getting a receipt. */
  readonly refusal: RefusalCode | null;
}

/** What the engine may fail with before it said anything, as the Supplier's refusal. */
const REFUSED_BY_ENGINE: Readonly<Record<string, RefusalCode>> = {
  'engine-busy': 'queue-full',
  'context-exceeded': 'too-long',
  'no-model': 'not-serving',
  'engine-unavailable': 'not-serving',
  'external-unavailable': 'not-serving',
  'model-load-failed': 'not-serving',
  'owner-returned': 'not-serving',
};

/** Never throws: whatever happens ends in an outcome that can be settled. */
export async function runRelay(job: RunJob, ports: RunPorts): Promise<RunOutcome> {
  const { engine, log } = ports;
  const run = startRun(job, ports);
  try {
    for await (const event of engine.generate(job.request, job.stop.signal)) {
      const refusal = await run.take(event);
      if (refusal !== null) return run.outcome('failed', refusal);
    }
    return run.outcome(run.finish(), null);
  } catch (error) {
    if (job.stop.reason !== null) return run.outcome(run.finish(), null);
    log.warn('the engine failed in the middle of a relay', { error });
    return run.outcome('failed', run.hasSpoken ? null : refusalOf(error));
  }
}

function refusalOf(error: unknown): RefusalCode | null {
  return error instanceof AppError ? (REFUSED_BY_ENGINE[error.code] ?? null) : null;
}

interface Run {
  finish(): Finish;
  readonly hasSpoken: boolean;
  take(event: GenerateEvent): Promise<RefusalCode | null>;
  outcome(finish: Finish, refusal: RefusalCode | null): RunOutcome;
}

function startRun(job: RunJob, { models, clock }: RunPorts): Run {
  const { request, model, maxCu, hold, out, stop } = job;
  const { topLogprobs = 0, holdSeconds = 0 } = request;
  const hasher = createResponseHasher();
  const startedMs = clock.monotonicMs();
  const count = { prompt: 0, cached: 0, held: 0, output: 0, chunks: 0 };
  let said = '';
  const times: { first: number | null; queued: number } = { first: null, queued: 0 };
  let room = 0;
  let isCut = false;
  let ended: Finish | null = null;

  /** @throws Error for an engine that does not rate its tokens though it was asked to */
  function partOf({ text, tokenIds, logprobs }: Tokens): StreamPart {
    if (topLogprobs === 0) return { text, tokenIds };
    const part = { text, tokenIds, logprobs: toTopLogprobs(logprobs ?? [], topLogprobs) };
    // A receipt must not promise what it does not hold.
    if (logprobFaults(part, topLogprobs) > 0) throw new Error('the engine rated no tokens');
    return part;
  }

  async function say(event: Tokens): Promise<void> {
    if (isCut) return;
    const { tokenIds } = event;
    if (count.output + tokenIds.length > room) {
      // Text cannot be cut at a token, so what does not fit as a whole stays unsaid and uncharged.
      isCut = true;
      stop.stop('length');
      return;
    }
    const part = partOf(event);
    times.first ??= clock.monotonicMs() - startedMs;
    count.output += tokenIds.length;
    hasher.add(part);
    if (holdSeconds > 0) said += part.text;
    await out.offer({ type: 'chunk', number: count.chunks++, ...part }, stop.signal);
  }

  return {
    finish() {
      if (isCut) return 'length';
      if (ended === 'stop' || ended === 'length') return ended;
      return stop.reason ?? ended ?? 'failed';
    },
    get hasSpoken() {
      return count.chunks > 0;
    },
    async take(event) {
      if (event.type === 'tokens') {
        await say(event);
      } else if (event.type === 'start') {
        count.prompt = event.counts.prompt;
        count.cached = event.counts.cached;
        count.held = Math.min(event.counts.held ?? 0, hold?.tokens ?? 0);
        room = outputRoom(model.weights, usageOf(count), maxCu, holdSeconds);
        if (room < 0) {
          stop.stop('length');
          return 'max-cu-too-low';
        }
      } else {
        ended = event.reason;
        times.queued = event.timings.queuedMs;
      }
      return null;
    },
    outcome: (finish, refusal) => ({
      refusal,
      text: said,
      served: {
        finish,
        responseHash: hasher.finish(),
        profile: profileNow(models, model),
        ...usageOf(count),
        outputTokens: count.output,
        queuedMs: wholeMs(times.queued),
        firstTokenMs: wholeMs(times.first ?? 0),
        totalMs: wholeMs(clock.monotonicMs() - startedMs),
        endedAtMs: clock.nowMs(),
      },
    }),
  };
}

/** How an engine computes is known only once it has loaded the model, which may have been for this very relay. */
function profileNow(models: ServedModels, { ggufSha256, profile }: ServedModel): Hex {
  return models.now().find((now) => now.ggufSha256 === ggufSha256)?.profile ?? profile;
}

type Tokens = Extract<GenerateEvent, { type: 'tokens' }>;

function usageOf(count: {
  readonly prompt: number;
  readonly cached: number;
  readonly held: number;
}) {
  const { prompt, cached, held } = count;
  return { promptTokens: prompt, cachedTokens: cached, heldTokens: held };
}

function wholeMs(ms: number): number {
  return Math.min(UINT32_MAX, Math.max(0, Math.round(ms)));
}
