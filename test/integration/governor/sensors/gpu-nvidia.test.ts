/** NVIDIA's cards through a real program of that name, with all that it does wrong in the field. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemFiles } from '../../../../electron/governor/sensors/files.ts';
import { createNvidiaReader } from '../../../../electron/governor/sensors/gpu-nvidia.ts';
import { systemPrograms } from '../../../../electron/governor/sensors/gpu-program.ts';
import type { Outcome, Reader } from '../../../../electron/governor/sensors/reader.ts';
import { systemClock } from '../../../../electron/platform/clock.ts';
import {
  createFakeSmi,
  isRunning,
  type FakeSmi,
  type SmiScripts,
} from '../../../fakes/fake-nvidia-smi.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../../fakes/memory-log.ts';

const WISH = { everyMs: 1_000, withGpu: true, games: [], ownPids: [4_242] };
const FIRST =
  '00000000:01:00.0, 0, NVIDIA GeForce RTX 3090, 61, 215.40, 97, 9000, 24576, [N/A], [N/A], 0x0000000000000020';
const SECOND =
  '00000000:02:00.0, 1, NVIDIA RTX 4000, 50, [N/A], 3, 100, 20475, 56, 37, 0x0000000000000004';
const PMON = [
  '# gpu         pid   type     sm    mem    enc    dec    jpg    ofa     fb   ccpm    command ',
  '# Idx           #    C/G      %      %      %      %      %      %     MB     MB    name ',
  '    0       4242     C     60     12      -      -      -      -   7000      0    lull           ',
  '    0       1312     G      5      3      -      -      -      -     97      0    Hyprland       ',
  '    0       5555   C+G     30      3      -      -      -      -    600      0    Space Game.exe ',
  '    1          -     -      -      -      -      -      -      -      -      -    -              ',
];
const OK: SmiScripts = { query: { lines: [FIRST, SECOND] }, pmon: { lines: PMON } };

let root: string;
let smi: FakeSmi;
let reader: Reader<'gpus'>;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-nvidia-'));
});
afterEach(() => {
  reader.stop?.();
  smi.remove();
  rmSync(root, { recursive: true, force: true });
});

function card(id: string, status: string): void {
  const folder = path.join(root, 'bus', 'pci', 'devices', id);
  mkdirSync(path.join(folder, 'power'), { recursive: true });
  writeFileSync(path.join(folder, 'vendor'), '0x10de\n');
  writeFileSync(path.join(folder, 'class'), '0x030000\n');
  writeFileSync(path.join(folder, 'power', 'runtime_status'), `${status}\n`);
}

function start(scripts: SmiScripts, clock = systemClock, env?: Record<string, string>): void {
  smi = createFakeSmi(scripts);
  reader = createNvidiaReader({
    platform: 'linux',
    clock,
    log: createMemoryLog(),
    sysRoot: root,
    devRoot: path.join(root, 'dev'),
    files: systemFiles,
    start: systemPrograms(env ?? smi.env),
  });
}

/** Reads until it holds: who uses the card is told a moment later than how it is. */
async function readUntil(holds: (outcome: Outcome<'gpus'>) => boolean): Promise<Outcome<'gpus'>> {
  return vi.waitFor(
    async () => {
      const outcome = await reader.read(WISH);
      expect(holds(outcome)).toBe(true);
      return outcome;
    },
    { timeout: 20_000, interval: 30 },
  );
}

describe('two cards and their users', () => {
  test('are told apart by their address, with limits, throttling and who else computes', async () => {
    card('0000:01:00.0', 'active');
    start(OK);
    const outcome = await readUntil(({ values }) => values.gpus?.[0]?.foreignApp != null);
    expect(outcome.values.gpus).toEqual([
      {
        ...{ id: '0000:01:00.0', name: 'NVIDIA GeForce RTX 3090', vendor: 'nvidia' },
        ...{ celsius: 61, junctionCelsius: null, memoryCelsius: null },
        ...{ slowdownCelsius: 95, shutdownCelsius: 98, throttle: ['thermal'] },
        ...{ watts: 215.4, loadPercent: 97 },
        ...{ memoryUsedBytes: 9_000 * 2 ** 20, memoryTotalBytes: 24_576 * 2 ** 20 },
        ...{ foreignLoadPercent: 30, foreignMemoryBytes: 697 * 2 ** 20 },
        foreignApp: 'Space Game.exe',
      },
      {
        ...{ id: '0000:02:00.0', name: 'NVIDIA RTX 4000', vendor: 'nvidia' },
        ...{ celsius: 50, junctionCelsius: null, memoryCelsius: 56 },
        // Told as what is left of the margin: 50 + 37 + 2 and + 12.
        ...{ slowdownCelsius: 89, shutdownCelsius: 99, throttle: [] },
        ...{ watts: null, loadPercent: 3 },
        ...{ memoryUsedBytes: 100 * 2 ** 20, memoryTotalBytes: 20_475 * 2 ** 20 },
        ...{ foreignLoadPercent: 0, foreignMemoryBytes: 0, foreignApp: null },
      },
    ]);
    expect(outcome.ageMs).toBeLessThan(1_000);
    // Each once, however often it was read.
    expect(smi.calls()).toEqual(['help', 'limits', 'query', 'pmon']);
  });

  test('come from the list of compute programs where the driver has no pmon', async () => {
    card('0000:01:00.0', 'active');
    const apps =
      '00000000:01:00.0, 5555, 600, /opt/miner/bin/miner\n00000000:01:00.0, 4242, 7000, lull\n';
    start({
      ...OK,
      pmon: { text: 'Not supported on the device(s)\n', code: 3 },
      apps: { text: apps },
    });
    const outcome = await readUntil(({ values }) => values.gpus?.[0]?.foreignApp != null);
    expect(outcome.values.gpus?.[0]).toMatchObject({
      foreignLoadPercent: null,
      foreignMemoryBytes: 600 * 2 ** 20,
      foreignApp: 'miner',
    });
    expect(smi.calls().filter((kind) => kind === 'pmon')).toHaveLength(1);
  });
});

describe('a sleeping or unwanted card', () => {
  test('is not asked anything', async () => {
    card('0000:01:00.0', 'suspended');
    start(OK);
    for (const wish of [WISH, { ...WISH, withGpu: false }]) {
      const { values } = await reader.read(wish);
      expect(values.gpus).toMatchObject([{ id: '0000:01:00.0', state: 'asleep', celsius: null }]);
    }
    card('0000:01:00.0', 'active');
    await reader.read({ ...WISH, withGpu: false });
    expect(smi.calls()).toEqual([]);
    const { values } = await readUntil((outcome) => outcome.values.gpus !== undefined);
    expect(values.gpus?.[0]?.celsius).toBe(61);
  });

  test('is let go of: both programs end', async () => {
    card('0000:01:00.0', 'active');
    start(OK);
    await readUntil(({ values }) => values.gpus?.[0]?.foreignApp != null);
    expect(smi.pids().filter(isRunning)).toHaveLength(2);
    reader.stop?.();
    await vi.waitFor(() => expect(smi.pids().filter(isRunning)).toEqual([]));
  });

  test('is not looked for where there is no such card', async () => {
    start(OK);
    expect(await reader.read(WISH)).toMatchObject({ values: { gpus: [] } });
    expect(smi.calls()).toEqual([]);
  });
});

describe('odd lines', () => {
  const read = async (...lines: readonly string[]) => {
    card('0000:01:00.0', 'active');
    start({ ...OK, query: { lines } });
    return (await readUntil(({ values }) => values.gpus !== undefined)).values.gpus;
  };
  const cells = FIRST.split(', ');

  test.each([
    ['CRLF', `${FIRST}\r`, { celsius: 61, watts: 215.4, throttle: ['thermal'] }],
    ['a decimal comma', FIRST.replace('215.40', '215,40'), { watts: 215.4, loadPercent: 97 }],
    ['one column more', `${FIRST}, 17`, { celsius: 61, throttle: ['thermal'] }],
    [
      'an unknown error',
      FIRST.replace(' 61,', ' [Unknown Error],'),
      { celsius: null, watts: 215.4 },
    ],
    ['an impossible heat', FIRST.replace(' 61,', ' 255,'), { celsius: 255 }],
    [
      'a card that is lost',
      FIRST.replace(' 61,', ' [GPU is lost],'),
      { celsius: null, state: 'lost' },
    ],
  ])('%s', async (_name, line, expected) => {
    expect(await read(line)).toMatchObject([expected]);
  });

  test('half of one is not believed, nor what is no line at all', async () => {
    const half = cells.slice(0, 5).join(', ');
    expect(await read('WARNING: infoROM is corrupted', half, SECOND)).toMatchObject([
      { id: '0000:02:00.0' },
    ]);
  });
});

describe('trouble', () => {
  test.each([
    [
      'is not running',
      {
        text: 'NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.',
        code: 9,
      },
    ],
    [
      'has been updated',
      { text: 'Failed to initialize NVML: Driver/library version mismatch\n', code: 18 },
    ],
    ['finds no card', { text: 'No devices were found\n', code: 6 }],
    ['code 77', { text: 'out of order', code: 77 }],
  ])('says that it %s', async (words, query) => {
    card('0000:01:00.0', 'active');
    start({ limits: query, query });
    const { values, unknown } = await readUntil((outcome) => outcome.unknown !== undefined);
    expect(values).toEqual({});
    expect(unknown?.gpus).toContain(words);
  });

  test('a card off the bus is lost, by the name of its address', async () => {
    card('0000:01:00.0', 'active');
    card('0000:02:00.0', 'active');
    const text =
      'Unable to determine the device handle for GPU0000:02:00.0: GPU is lost. Reboot the system\n';
    start({ ...OK, query: { text, code: 15 } });
    const { values } = await readUntil((outcome) => outcome.values.gpus !== undefined);
    expect(values.gpus).toMatchObject([{ id: '0000:02:00.0', state: 'lost' }]);
  });

  test('no such program', async () => {
    card('0000:01:00.0', 'active');
    start(OK, systemClock, { PATH: root });
    const { unknown } = await reader.read(WISH);
    expect(unknown?.gpus).toContain('is not there');
  });

  test('one that hangs is killed after 6 s, started again after 2, 8 and 30 s, and then no more', async () => {
    card('0000:01:00.0', 'active');
    const clock = createManualClock();
    start({ query: { hangs: true } }, clock);
    const first = reader.read(WISH);
    for (const [lives, pauseMs] of [2_000, 8_000, 30_000, 600_000].entries()) {
      await vi.waitFor(
        () => expect(smi.calls().filter((kind) => kind === 'query')).toHaveLength(lives + 1),
        { timeout: 10_000 },
      );
      const hanging = smi.pids().at(-1) ?? 0;
      clock.advance(5_999);
      expect(isRunning(hanging)).toBe(true);
      clock.advance(1);
      await vi.waitFor(() => expect(isRunning(hanging)).toBe(false));
      await vi.waitFor(async () =>
        expect((await reader.read(WISH)).unknown?.gpus).toBe('nvidia-smi does not answer'),
      );
      const before = smi.calls().length;
      clock.advance(pauseMs - 1);
      await reader.read(WISH);
      expect(smi.calls()).toHaveLength(before);
      clock.advance(1);
    }
    await first;
  });
});
