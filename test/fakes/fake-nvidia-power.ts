/** A program that answers as `nvidia-smi` does when it is asked for power limits, as a file that can be run. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeNvidiaPower {
  readonly program: string;
  /** In watts. */
  limit(): number;
  setLimit(watts: number): void;
  /** `deaf` ignores SIGTERM and never answers. */
  behave(how: 'well' | 'refuses' | 'deaf' | 'tells nothing'): void;
  /** Whether a deaf one still runs. */
  isStillDeaf(): boolean;
  /** Arguments of every call. */
  calls(): readonly string[];
}

/** @param folder an empty one */
export function createFakeNvidiaPower(folder: string): FakeNvidiaPower {
  const [program, limit, how, calls] = ['nvidia-smi', 'limit', 'how', 'calls'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(limit, '350.00');
  writeFileSync(how, 'well');
  writeFileSync(
    program,
    `#!/bin/sh
cd "$(dirname "$0")"
echo "$@" >> calls
case "$(cat how)" in
  deaf) echo $$ > pid; trap '' TERM; while :; do sleep 0.1; done;;
  'tells nothing') echo '[N/A], [N/A], [N/A]'; exit 0;;
  refuses) case "$*" in *-pl*)
    echo 'Changing power management limit is not permitted: Insufficient Permissions'; exit 4;; esac;;
esac
case "$*" in
  *-pl*) printf '%s' "$4" > limit; echo "Power limit for GPU $2 was set to $4 W.";;
  *) echo "$(cat limit), 100.00, 400.00";;
esac
`,
  );
  chmodSync(program, 0o755);
  return {
    program,
    limit: () => Number(readFileSync(limit, 'utf8')),
    setLimit(watts) {
      writeFileSync(limit, String(watts));
    },
    behave(next) {
      writeFileSync(how, next);
    },
    isStillDeaf() {
      try {
        return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0);
      } catch {
        return false;
      }
    },
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}
