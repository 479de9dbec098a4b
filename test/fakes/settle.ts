/** Waits for what real I/O brings about, turn by turn of the event loop, without a clock. */

const MAX_TURNS = 20_000;

/** @throws Error when it does not come about within many turns */
export async function settled(isReached: () => boolean, what: string): Promise<void> {
  for (let turns = 0; turns < MAX_TURNS; turns += 1) {
    if (isReached()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never happened: ${what}`);
}

/** Lets everything happen that real I/O within this process has under way. */
export async function quiet(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
