/** Finds out which backends of this computer really run a model, by running one. */
import type { BackendName, Candidate } from '../ipc/snapshot.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Packs } from './engine-env.ts';
import { attemptProbe, type Attempt } from './probe-attempt.ts';
import { BACKEND_TITLES, choose, judge } from './probe-verdict.ts';
import type { ChatTurn } from '../protocol/generate.ts';

export interface Golden {
  readonly turns: readonly ChatTurn[];
  /** The whole greedy answer, without the token that ends it. */
  readonly tokenIds: readonly number[];
}

export interface ProbeRunOptions {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly starterPath: string;
  readonly golden: Golden;
  /** Binaries that did not come with Lull; none when nothing is said. */
  readonly packs?: Packs;
  /** Default: all that the platform may have, the processor last. */
  readonly backends?: readonly BackendName[];
  /** Tests renderers such as llvmpipe too; by default they are named and skipped. */
  readonly allowSoftware?: boolean;
  /** For one device; a driver may have to compile its programs first. Default 60 000. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
  /** @param fraction of the backends that are done. @param detail what is tried now */
  onProgress?(fraction: number, detail: string): void;
}

export interface ProbeRunResult {
  /** In the order they were tried; exactly one is `chosen` if any works. */
  readonly candidates: readonly Candidate[];
  /** The processor's best count of threads; null when the processor was not tried or failed. */
  readonly threads: number | null;
  /** Every failure in it will be the same next time: nothing only timed out, died or lacked memory. */
  readonly isLasting: boolean;
}

const TIMEOUT_MS = 60_000;
/** More devices than any one computer's backend has. */
const MOST_DEVICES = 8;

function platformBackends(platform: NodeJS.Platform): readonly BackendName[] {
  return platform === 'darwin' ? ['metal', 'cpu'] : ['cuda', 'vulkan', 'cpu'];
}

/** @throws AppError `cancelled`; a backend that fails is a result, not an error */
export async function runProbe(options: ProbeRunOptions): Promise<ProbeRunResult> {
  const backends = options.backends ?? platformBackends(options.platform);
  const candidates: Candidate[] = [];
  let threads: number | null = null;
  let isLasting = true;
  for (const [done, backend] of backends.entries()) {
    for (const deviceIndex of deviceIndexes(backend)) {
      options.onProgress?.(done / backends.length, describe(backend, deviceIndex));
      const attempt = await attemptProbe({
        ...options,
        task: task(options, backend),
        deviceIndex,
        allowSoftware: options.allowSoftware ?? false,
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        onThreads(count) {
          threads = count;
        },
      });
      // Nobody says how many devices there are: the list ends where one cannot even be named.
      if ((deviceIndex ?? 0) > 0 && !hasDevice(attempt)) break;
      const candidate = judge(backend, deviceIndex, attempt, options.golden.tokenIds);
      if (attempt.kind === 'failed' && attempt.isPassing) isLasting = false;
      options.log.info(`backend ${backend}: ${candidate.state}`, { why: candidate.why });
      candidates.push(candidate);
      if (!hasDevice(attempt)) break;
    }
  }
  return { candidates: choose(candidates), threads, isLasting };
}

function deviceIndexes(backend: BackendName): readonly (number | null)[] {
  const hasIndexes = backend === 'cuda' || backend === 'vulkan';
  return hasIndexes ? Array.from({ length: MOST_DEVICES }, (_, index) => index) : [null];
}

function describe(backend: BackendName, deviceIndex: number | null): string {
  const which = deviceIndex === null || deviceIndex === 0 ? '' : `, device ${String(deviceIndex)}`;
  return `${BACKEND_TITLES[backend]}${which}`;
}

function hasDevice(attempt: Attempt): boolean {
  return 'device' in attempt && attempt.device !== null;
}

function task(options: ProbeRunOptions, backend: BackendName) {
  return {
    backend,
    modelPath: options.starterPath,
    turns: options.golden.turns,
    // One more than expected: an answer that does not end where it should is wrong.
    answerTokens: options.golden.tokenIds.length + 1,
  };
}
