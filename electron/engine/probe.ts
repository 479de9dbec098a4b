/** The backends of this computer: what a test found, now or under the same circumstances before. */
import type { Candidate } from '../ipc/snapshot.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Packs } from './engine-env.ts';
import { readProbeFacts } from './probe-facts-adapter.ts';
import { runProbe, type ProbeRunOptions, type ProbeRunResult } from './probe-run.ts';
import { fingerprint, probeRecordSchema, recall, remember } from './probe-store.ts';

export interface ProbeOptions extends Omit<ProbeRunOptions, 'platform'> {
  /** The file in which results are remembered. */
  readonly storePath: string;
  readonly lullVersion: string;
  readonly starterSha256: string;
  /** Tests anew, whatever is remembered. */
  readonly again: boolean;
}

export interface ProbeOutcome {
  /** In the order they were tried; exactly one is `chosen` if any works. */
  readonly candidates: readonly Candidate[];
  /** What the processor's part of the work runs best with; 1 when it could not be measured. */
  readonly threads: number;
  /** With which binaries, beside those that came with Lull, it was tested. */
  readonly packs?: Packs | undefined;
  /** Nothing was tested: nothing has changed since the last test. */
  readonly remembered: boolean;
}

/** @throws AppError `cancelled`; a backend that fails is a result, not an error */
export async function probeBackends(options: ProbeOptions): Promise<ProbeOutcome> {
  const store = jsonFile({
    path: options.storePath,
    schema: probeRecordSchema,
    fallback: null,
    onDamaged(keptAs) {
      options.log.warn('the remembered backend test was damaged', { keptAs });
    },
  });
  const nowMs = options.clock.nowMs();
  const current = fingerprint(readProbeFacts(options));
  // A folder that cannot be read or written, or a full disk, only costs another test at the next start.
  const tryStore = <Value>(fallback: Value, work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      options.log.warn('the backend test could not be remembered', { error });
      return fallback;
    }
  };
  const known = options.again ? null : tryStore(null, () => recall(store, current, nowMs));
  if (known !== null) return { ...outcome(known, true), packs: options.packs };
  const result = await runProbe({ ...options, platform: process.platform });
  tryStore(undefined, () => {
    remember(store, current, result, nowMs);
  });
  return { ...outcome(result, false), packs: options.packs };
}

function outcome({ candidates, threads }: ProbeRunResult, remembered: boolean): ProbeOutcome {
  return { candidates, threads: threads ?? 1, remembered };
}
