/** A program that cannot be ended, and one that never ends by itself. */
import { expect, test } from 'vitest';
import { createKept } from '../../../../electron/governor/sensors/gpu-kept.ts';
import {
  runProgram,
  type ProgramListener,
  type StartProgram,
} from '../../../../electron/governor/sensors/gpu-program.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../../fakes/memory-log.ts';
import { quiet } from '../../../fakes/settle.ts';

function setUp({ dies }: { readonly dies: boolean }) {
  const clock = createManualClock();
  const started: ProgramListener[] = [];
  let kills = 0;
  const start: StartProgram = (_program, _args, listener) => {
    started.push(listener);
    return {
      kill() {
        kills += 1;
        if (dies) listener.onEnd(null);
      },
    };
  };
  const lines: string[] = [];
  const kept = createKept(
    { clock, log: createMemoryLog() },
    {
      session: (signal) =>
        runProgram(
          { clock, start },
          { program: 'x', args: [], silenceMs: 6_000, onLine: (line) => lines.push(line), signal },
        ),
      describe: ({ kind }) => kind,
      onTrouble: () => undefined,
    },
  );
  return { clock, started, kept, lines, kills: () => kills };
}

test('what waits inside a driver is abandoned, and nobody joins it', async () => {
  const { clock, started, kept, kills } = setUp({ dies: false });
  kept.want();
  clock.advance(6_000);
  clock.advance(2_000);
  await quiet();
  expect(kept.isStuck()).toBe(true);
  expect(kept.trouble()).toBe('stuck');
  clock.advance(3_600_000);
  kept.want();
  await quiet();
  expect(started).toHaveLength(1);
  expect(kills()).toBe(1);

  // The driver lets go of it after all.
  started[0]?.onEnd(null);
  await quiet();
  kept.want();
  expect(kept.isStuck()).toBe(false);
  expect(started).toHaveLength(2);
});

test('what is let go of and does not end is not joined either', async () => {
  const { clock, started, kept } = setUp({ dies: false });
  kept.want();
  kept.letGo();
  kept.want();
  clock.advance(2_000);
  await quiet();
  kept.want();
  expect(kept.isStuck()).toBe(true);
  expect(started).toHaveLength(1);
});

test('lines are whole ones, however they come', async () => {
  const { started, kept, lines } = setUp({ dies: true });
  kept.want();
  for (const chunk of ['a', 'b\r\nc\n\n', 'half']) started[0]?.onText(chunk);
  expect(lines).toEqual(['ab', 'c', '']);
  kept.letGo();
});

test('one that prints without a line end is ended before it fills the memory', async () => {
  const { started, kept } = setUp({ dies: true });
  kept.want();
  started[0]?.onText('x'.repeat(1_000_001));
  await quiet();
  expect(kept.trouble()).toBe('endless');
});

test('a good session makes the next trouble a new one', async () => {
  const { clock, started, kept } = setUp({ dies: true });
  kept.want();
  for (let lives = 1; lives <= 10; lives += 1) {
    expect(started).toHaveLength(lives);
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      started.at(-1)?.onText('line\n');
    }
    started.at(-1)?.onEnd(1);
    await quiet();
    clock.advance(2_000);
    await quiet();
  }
});
