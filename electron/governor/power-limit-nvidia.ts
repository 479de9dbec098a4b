/** Power limits of NVIDIA cards by the driver's own program, each call in a process that is killed when it hangs. */
import { execFile } from 'node:child_process';
import type { CardPower, PowerTool } from './power-limit.ts';

/** On a busy card the program answers slowly; in a hung driver never. */
const LIMIT_MS = 10_000;
const MOST_WORDS = 200;
const QUERY = 'power.limit,power.min_limit,power.max_limit';
const NO_RIGHT = /insufficient permissions|permission denied|not permitted|requires? root/i;

/** @param program another one than `nvidia-smi`, for tests */
export function createNvidiaPower(program = 'nvidia-smi', limitMs = LIMIT_MS): PowerTool {
  const run = (args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const limit = AbortSignal.timeout(limitMs);
      const options = {
        // Not its own `timeout`, which waits for the end of what it killed: inside a hung driver there is none.
        signal: limit,
        windowsHide: true,
        env: { ...process.env, LC_ALL: 'C' },
      } as const;
      const child = execFile(program, [...args], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(wordsFor(error, `${stdout}\n${stderr}`), { cause: error }));
      });
      // The signal alone asks politely, and a program that does not hear it would stay for ever.
      limit.addEventListener('abort', () => child.kill('SIGKILL'));
    });
  return {
    async read(cardId) {
      const text = await run([
        '-i',
        cardId,
        `--query-gpu=${QUERY}`,
        '--format=csv,noheader,nounits',
      ]);
      return parsePower(text);
    },
    async set(cardId, watts) {
      await run(['-i', cardId, '-pl', String(watts)]);
    },
  };
}

/** @throws Error when the card does not tell all of them: then nothing could be put back */
export function parsePower(text: string): CardPower {
  const [line = ''] = text.trim().split(/\r?\n/);
  const [limitWatts, leastWatts, mostWatts] = line
    .split(/,\s+/)
    .map((field) => Number(field.trim()));
  const all = [limitWatts, leastWatts, mostWatts];
  if (!all.every((watts) => watts !== undefined && watts > 0 && Number.isFinite(watts))) {
    throw new Error('This card does not tell its power limit, so it is left as it is.');
  }
  return { limitWatts: limitWatts ?? 0, leastWatts: leastWatts ?? 0, mostWatts: mostWatts ?? 0 };
}

function wordsFor(error: Error & { code?: unknown }, said: string): string {
  if (NO_RIGHT.test(said)) {
    return 'Lull may not change the power limit of this card: the driver allows that to administrators only.';
  }
  if (error.code === 'ENOENT') return 'The NVIDIA driver’s program nvidia-smi is not installed.';
  if (error.name === 'AbortError') return 'The graphics driver did not answer in time.';
  const last = said.trim().split('\n').at(-1) ?? '';
  return `The driver refused the power limit: ${last.slice(0, MOST_WORDS) || 'no reason given'}`;
}
