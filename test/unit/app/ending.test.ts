/** Lull ends once, with its code, and always: also when a part of it hangs or fails. */
import { describe, expect, it } from 'vitest';
import { createEnding, LONGEST_END_MS, type QuittingApp } from '../../../electron/app/ending.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet } from '../../fakes/settle.ts';

function start(disposed: Promise<void>) {
  const clock = createManualClock();
  const seen = { exits: [] as number[], disposals: 0, prevented: 0 };
  let signal: () => void = () => undefined;
  let willQuit: Parameters<QuittingApp['on']>[1] = () => undefined;
  const quit = (): void => {
    willQuit({ preventDefault: () => (seen.prevented += 1) });
  };
  const ending = createEnding(
    {
      app: {
        on: (_event, listener) => {
          willQuit = listener;
        },
        quit,
        exit: (code) => {
          seen.exits.push(code);
        },
      },
      onSignal: (listener) => {
        signal = listener;
      },
      dispose() {
        seen.disposals += 1;
        return disposed;
      },
      clock,
      log: createMemoryLog(),
    },
    0,
  );
  return {
    clock,
    seen,
    ending,
    quit,
    signal: () => {
      signal();
    },
  };
}

describe('the end', () => {
  it('waits for what is being put on disk, however often it is asked for', async () => {
    const disposal = Promise.withResolvers<undefined>();
    const { seen, quit, signal, ending } = start(disposal.promise);
    ending.expect(3);
    quit();
    signal();
    signal();
    expect(seen).toEqual({ exits: [], disposals: 1, prevented: 3 });
    disposal.resolve(undefined);
    await quiet();
    expect(seen.exits).toEqual([3]);
  });

  it('comes though a part of Lull hangs', async () => {
    const { seen, clock, signal } = start(new Promise(() => undefined));
    signal();
    clock.advance(LONGEST_END_MS - 1);
    await quiet();
    expect(seen.exits).toEqual([]);
    clock.advance(1);
    expect(seen.exits).toEqual([0]);
  });

  it('comes though a part of Lull fails to end', async () => {
    const { seen, ending } = start(Promise.reject(new AppError('disk-full')));
    ending.quit(4);
    await quiet();
    expect(seen.exits).toEqual([4]);
  });

  it('asks nobody when the system ends it', () => {
    const { ending, signal } = start(Promise.resolve());
    let asks = true;
    ending.guard({
      mayQuit: () => true,
      isQuitting: () => false,
      neverAsk: () => {
        asks = false;
      },
      dispose: () => undefined,
    });
    signal();
    expect(asks).toBe(false);
  });
});
