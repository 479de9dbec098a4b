/** Idle time over the Wayland socket, from a compositor of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWaylandIdle } from '../../../electron/governor/sensors/wayland-idle.ts';
import {
  createWireSplitter,
  wireRequest,
  type WireMessage,
} from '../../../electron/governor/sensors/wayland-wire.ts';
import {
  startCompositor,
  type Compositor,
  type CompositorOptions,
} from '../../fakes/compositor.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const WISH = { everyMs: 250, withGpu: false, games: [], ownPids: [] };

let folder: string;
let compositor: Compositor | null;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lull-wayland-'));
  compositor = null;
});
afterEach(async () => {
  await compositor?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function setUp(options: CompositorOptions = {}) {
  const socket = path.join(folder, 'wayland-0');
  const started = await startCompositor(socket, options);
  compositor = started;
  const clock = createManualClock();
  const reader = createWaylandIdle(socket, clock);
  let told = Promise.withResolvers<undefined>();
  reader.onChange?.(() => {
    told.resolve(undefined);
  });
  const nextInput = async () => {
    await told.promise;
    told = Promise.withResolvers();
  };
  const idleMs = async () => (await reader.read(WISH)).values.sessionIdleMs;
  /** What the compositor says arrives some turns later. */
  const becomes = async (holds: (ms: number) => boolean) => {
    while (!holds((await idleMs()) ?? -1)) await new Promise(setImmediate);
  };
  return { started, clock, reader, nextInput, idleMs, becomes };
}

describe('idle time', () => {
  test('grows once the compositor says that input has ended, and ends at once with the next', async () => {
    const { started, clock, reader, nextInput, idleMs, becomes } = await setUp();
    // Nobody knows how long the owner had been away before: they count as there.
    expect(await idleMs()).toBe(0);
    await started.asked(1);
    expect(started.requests).toEqual([
      'bind 3 ext_idle_notifier_v1 2',
      'bind 2 wl_seat 1',
      'input after 1000 at 5',
    ]);
    clock.advance(1_000);
    expect(await idleMs()).toBe(0);
    started.idle();
    await becomes((ms) => ms === 1_000);
    clock.advance(59_000);
    expect(await idleMs()).toBe(60_000);
    started.input();
    await nextInput();
    expect(await idleMs()).toBe(0);
    reader.stop?.();
  });

  test('is that of the seat with the latest input', async () => {
    const { started, clock, idleMs, becomes, nextInput, reader } = await setUp({ seats: 2 });
    expect(await idleMs()).toBe(0);
    await started.asked(2);
    clock.advance(5_000);
    started.idle();
    await becomes((ms) => ms === 1_000);
    started.input(1);
    await nextInput();
    expect(await idleMs()).toBe(0);
    reader.stop?.();
  });

  test('of an older compositor is held up by films, and says so', async () => {
    const { started, reader } = await setUp({ notifier: 1 });
    expect((await reader.read(WISH)).source).toMatch(/film/);
    await started.asked(1);
    expect(started.requests.at(-1)).toBe('idle after 1000 at 5');
    reader.stop?.();
  });
});

describe('a compositor', () => {
  test.each([
    ['without the protocol', { notifier: 0 }],
    ['without a seat', { seats: 0 }],
  ])('%s is of no use, and is asked again only after a while', async (_name, options) => {
    const { reader, clock } = await setUp(options);
    await expect(reader.read(WISH)).rejects.toThrow('does not tell idle time');
    await compositor?.dispose();
    compositor = null;
    await expect(reader.read(WISH)).rejects.toThrow('does not tell idle time');
    clock.advance(10_000);
    await expect(reader.read(WISH)).rejects.toThrow('cannot be reached');
  });

  test('that says nothing fails in time', async () => {
    const { reader, clock } = await setUp({ isMute: true });
    const read = reader.read(WISH);
    clock.advance(2_000);
    await expect(read).rejects.toThrow('does not answer');
  });

  test('that goes takes its word with it, and its successor is found', async () => {
    const { started, reader, clock, idleMs } = await setUp();
    await idleMs();
    await started.asked(1);
    started.drop();
    await expect(until(() => reader.read(WISH))).rejects.toThrow('has gone');
    clock.advance(10_000);
    expect(await idleMs()).toBe(0);
    reader.stop?.();
  });

  test.each([
    ['refuses', wireRequest(1, 0, [4, 1, 'no such version']), 'refuses: no such version'],
    ['speaks nonsense', Buffer.from([1, 0, 0, 0, 0, 0, 1, 0]), 'nonsense'],
    ['breaks off within a text', wireRequest(1, 0, [4, 1, 900]), 'nonsense'],
  ])('that %s is given up', async (_name, bytes, why) => {
    const { started, reader, idleMs } = await setUp();
    await idleMs();
    started.raw(bytes);
    await expect(until(() => reader.read(WISH))).rejects.toThrow(why);
  });
});

/** Reads again until it fails. */
async function until(read: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await read();
    await new Promise(setImmediate);
  }
}

test('messages come out as they went in, wherever the stream was torn', () => {
  const arg = fc.oneof(fc.nat(2 ** 32 - 1), fc.string({ unit: 'grapheme', maxLength: 20 }));
  const message = fc.tuple(
    fc.nat(2 ** 32 - 1),
    fc.nat(2 ** 16 - 1),
    fc.array(arg, { maxLength: 4 }),
  );
  fc.assert(
    fc.property(
      fc.array(message),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (all, cuts) => {
        const stream = Buffer.concat(
          all.map(([object, opcode, args]) => wireRequest(object, opcode, args)),
        );
        const split = createWireSplitter();
        const got: WireMessage[] = [];
        for (let at = 0; at < stream.length;) {
          const cut = Number(cuts.next().value);
          got.push(...split(stream.subarray(at, at + cut)));
          at += cut;
        }
        expect(got.length).toBe(all.length);
        all.forEach(([object, opcode, args], index) => {
          expect(got[index]).toMatchObject({ object, opcode });
          const read = args.map((each) =>
            typeof each === 'number' ? got[index]?.body.uint() : got[index]?.body.text(),
          );
          expect(read).toEqual(args);
        });
      },
    ),
  );
});
