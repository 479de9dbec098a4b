/** One accepted relay while it is served: from the engine's events to numbered chunks, within what may be charged. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { outputRoom } from '../protocol/cu.ts';
import type { GenerateEvent } from '../protocol/generate.ts';
import type { Finish } from '../protocol/receipt.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import { createResponseHasher } from '../protocol/relay-hash.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { RelayEvent } from '../protocol/wire-relay.ts';
import type { Handoff } from './handoff.ts';
import type { RelayEngine, RelayEngineRequest } from './ports.ts';
import type { Served } from './settle.ts';
import type { Stop } from './stop.ts';

const UINT32_MAX = 2 ** 32 - 1;

export interface RunJob {
  readonly request: RelayEngineRequest;
  readonly model: ServedModel;
  readonly maxCu: bigint;
  readonly out: Handoff<RelayEvent>;
  readonly stop: Stop;
}

export interface RunPorts {
  readonly engine: RelayEngine;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunOutcome {
  readonly served: Served;
  /** Set when nothing was said and the Application should hear why instead of getting a receipt. */
  readonly refusal: RefusalCode | null;
}

/** What the engine may fail with before it said anything, as the Supplier's refusal. */
const REFUSED_BY_ENGINE: Readonly<Record<string, RefusalCode>> = {
  'engine-busy': 'queue-full',
  'context-exceeded': 'too-long',
  'no-model': 'not-serving',
  'engine-unavailable': 'not-serving',
  'model-load-failed': 'not-serving',
  'owner-returned': 'not-serving',
};

/** Never throws: whatever happens ends in an outcome that can be settled. */
export async function runRelay(job: RunJob, ports: RunPorts): Promise<RunOutcome> {
  const { engine, clock, log } = ports;
  const run = startRun(job, clock);
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

function startRun({ model, maxCu, out, stop }: RunJob, clock: Clock): Run {
  const hasher = createResponseHasher();
  const startedMs = clock.monotonicMs();
  const count = { prompt: 0, cached: 0, output: 0, chunks: 0 };
  const times: { first: number | null; queued: number } = { first: null, queued: 0 };
  let room = 0;
  let isCut = false;
  let ended: Finish | null = null;

  async function say(text: string, tokenIds: readonly number[]): Promise<void> {
    if (isCut) return;
    if (count.output + tokenIds.length > room) {
      // Text cannot be cut at a token, so what does not fit as a whole stays unsaid and uncharged.
      isCut = true;
      stop.stop('length');
      return;
    }
    times.first ??= clock.monotonicMs() - startedMs;
    count.output += tokenIds.length;
    hasher.add({ text, tokenIds });
    await out.offer({ type: 'chunk', number: count.chunks++, text, tokenIds }, stop.signal);
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
        await say(event.text, event.tokenIds);
      } else if (event.type === 'start') {
        count.prompt = event.counts.prompt;
        count.cached = event.counts.cached;
        const usage = { promptTokens: count.prompt, cachedTokens: count.cached };
        room = outputRoom(model.weights, usage, maxCu);
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
      served: {
        finish,
        responseHash: hasher.finish(),
        profile: model.profile,
        promptTokens: count.prompt,
        cachedTokens: count.cached,
        outputTokens: count.output,
        queuedMs: wholeMs(times.queued),
        firstTokenMs: wholeMs(times.first ?? 0),
        totalMs: wholeMs(clock.monotonicMs() - startedMs),
        endedAtMs: clock.nowMs(),
      },
    }),
  };
}

function wholeMs(ms: number): number {
  return Math.min(UINT32_MAX, Math.max(0, Math.round(ms)));
}
