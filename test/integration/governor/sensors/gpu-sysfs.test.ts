/** AMD's and Intel's cards from trees of files as Linux has them. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemFiles, type Files } from '../../../../electron/governor/sensors/files.ts';
import { createAmdReader } from '../../../../electron/governor/sensors/gpu-amd.ts';
import { createIntelReader } from '../../../../electron/governor/sensors/gpu-intel.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const WISH = { everyMs: 1_000, withGpu: true, games: [], ownPids: [100] };
const ID = '0000:03:00.0';
const AMD = {
  vendor: '0x1002',
  class: '0x030000',
  gpu_busy_percent: '40',
  mem_info_vram_used: '1073741824',
  mem_info_vram_total: '8573157376',
  'power/runtime_status': 'active',
  'hwmon/hwmon4/name': 'amdgpu',
  'hwmon/hwmon4/temp1_input': '61000',
  'hwmon/hwmon4/temp1_label': 'edge',
  'hwmon/hwmon4/temp1_crit': '100000',
  'hwmon/hwmon4/temp1_emergency': '105000',
  'hwmon/hwmon4/temp2_input': '75500',
  'hwmon/hwmon4/temp2_label': 'junction',
  'hwmon/hwmon4/temp3_input': '72000',
  'hwmon/hwmon4/temp3_label': 'mem',
  'hwmon/hwmon4/power1_average': '155000000',
};
const INTEL = {
  vendor: '0x8086',
  class: '0x030000',
  'hwmon/hwmon2/name': 'xe',
  'hwmon/hwmon2/temp2_input': '51000',
  'hwmon/hwmon2/temp2_label': 'pkg',
  'hwmon/hwmon2/temp2_crit': '100000',
  'hwmon/hwmon2/temp3_input': '48000',
  'hwmon/hwmon2/temp3_label': 'vram',
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lull-sysfs-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const cardFolder = (id = ID) => path.join(root, 'sys', 'bus', 'pci', 'devices', id);

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
}

/** A program with one open file of the card. */
function program(pid: number, name: string, lines: readonly string[], fd = '9'): void {
  const folder = path.join(root, 'proc', String(pid));
  write(folder, { comm: name, [`fdinfo/${fd}`]: [`drm-pdev:\t${ID}`, ...lines].join('\n') });
  mkdirSync(path.join(folder, 'fd'), { recursive: true });
  rmSync(path.join(folder, 'fd', fd), { force: true });
  symlinkSync('/dev/dri/renderD128', path.join(folder, 'fd', fd));
}

function setUp(create: typeof createAmdReader, files: Partial<Files> = {}) {
  const clock = createManualClock();
  const reader = create({
    platform: 'linux',
    clock,
    files: { ...systemFiles, ...files },
    sysRoot: path.join(root, 'sys'),
    procRoot: path.join(root, 'proc'),
  });
  const read = async () => (await reader.read(WISH)).values.gpus;
  return { clock, reader, read };
}

describe('AMD', () => {
  test('tells of its three thermometers, of watts, load and memory', async () => {
    write(cardFolder(), AMD);
    write(cardFolder('0000:00:1f.3'), { vendor: '0x1002', class: '0x040300' });
    const { read } = setUp(createAmdReader);
    expect(await read()).toMatchObject([
      {
        ...{ id: ID, vendor: 'amd', celsius: 61, junctionCelsius: 75.5, memoryCelsius: 72 },
        ...{ slowdownCelsius: 100, shutdownCelsius: 105, watts: 155, loadPercent: 40 },
        ...{ memoryUsedBytes: 1_073_741_824, memoryTotalBytes: 8_573_157_376 },
      },
    ]);
  });

  test('is found again under another number, with its other meter of power', async () => {
    write(cardFolder(), AMD);
    const { read } = setUp(createAmdReader);
    await read();
    const hwmon = path.join(cardFolder(), 'hwmon');
    renameSync(path.join(hwmon, 'hwmon4'), path.join(hwmon, 'hwmon7'));
    write(path.join(hwmon, 'hwmon4'), { name: 'nvme', temp1_input: '99000' });
    rmSync(path.join(hwmon, 'hwmon7', 'power1_average'));
    write(path.join(hwmon, 'hwmon7'), { power1_input: '20000000' });
    expect(await read()).toMatchObject([{ celsius: 61, watts: 20 }]);
  });

  test('asleep is not read, and its heat not believed for 15 s after it woke', async () => {
    write(cardFolder(), { ...AMD, 'power/runtime_status': 'suspended' });
    const touched: string[] = [];
    const { read, clock } = setUp(createAmdReader, {
      readText: (file, most) => {
        touched.push(file);
        return systemFiles.readText(file, most);
      },
    });
    expect(await read()).toMatchObject([{ id: ID, state: 'asleep', celsius: null }]);
    expect(touched.filter((file) => /hwmon|busy|mem_info/.test(file))).toEqual([]);
    write(cardFolder(), { 'power/runtime_status': 'active' });
    clock.advance(14_999);
    expect(await read()).toMatchObject([{ celsius: null, junctionCelsius: null, loadPercent: 40 }]);
    clock.advance(1);
    expect(await read()).toMatchObject([{ celsius: 61 }]);
  });

  test('that is busy waking up counts as asleep; one that fails rejects', async () => {
    write(cardFolder(), AMD);
    const failing = (code: string) =>
      setUp(createAmdReader, {
        readText: async (file, most) => {
          if (file.endsWith('temp1_input')) throw Object.assign(new Error(code), { code });
          return systemFiles.readText(file, most);
        },
      }).read();
    expect(await failing('EBUSY')).toMatchObject([{ state: 'asleep' }]);
    expect(await failing('ENODEV')).toMatchObject([{ celsius: null, junctionCelsius: 75.5 }]);
    await expect(failing('EIO')).rejects.toThrow('EIO');
  });

  test('says who else uses it, from two looks at their open files', async () => {
    write(cardFolder(), AMD);
    const at = (gameNs: number, ownNs: number) => {
      const client = (id: number, ns: number) => [
        `drm-client-id:\t${id}`,
        `drm-engine-gfx:\t${ns} ns`,
        'drm-memory-vram:\t500 MiB',
      ];
      program(100, 'lull', client(1, ownNs));
      program(200, 'game', client(2, gameNs));
      // The same client once more.
      program(200, 'game', client(2, gameNs), '10');
    };
    at(0, 0);
    const { read, clock } = setUp(createAmdReader);
    expect(await read()).toMatchObject([{ foreignLoadPercent: null }]);
    at(250_000_000, 900_000_000);
    clock.advance(1_000);
    expect(await read()).toMatchObject([
      { foreignLoadPercent: 25, foreignMemoryBytes: 500 * 2 ** 20, foreignApp: 'game' },
    ]);
  });

  test('is not looked for while nobody wants it', async () => {
    write(cardFolder(), AMD);
    const { reader } = setUp(createAmdReader, { list: () => Promise.reject(new Error('asked')) });
    expect((await reader.read({ ...WISH, withGpu: false })).values).toEqual({ gpus: [] });
  });
});

describe('Intel', () => {
  test('tells of heat and energy where there is a meter', async () => {
    write(cardFolder(), { ...INTEL, 'hwmon/hwmon2/energy1_input': '1000000' });
    const { read, clock } = setUp(createIntelReader);
    expect(await read()).toMatchObject([
      { vendor: 'intel', celsius: 51, memoryCelsius: 48, slowdownCelsius: 100, watts: null },
    ]);
    clock.advance(2_000);
    write(cardFolder(), { 'hwmon/hwmon2/energy1_input': '61000000' });
    expect(await read()).toMatchObject([{ watts: 30 }]);
  });

  test('counts in cycles, and has no heat without a thermometer', async () => {
    write(cardFolder(), { vendor: '0x8086', class: '0x038000' });
    const { read, clock } = setUp(createIntelReader);
    const at = (cycles: number, total: number) => {
      const counters = [`drm-cycles-rcs:\t${cycles}`, `drm-total-cycles-rcs:\t${total}`];
      program(300, 'film', ['drm-client-id:\t3', ...counters]);
    };
    at(0, 1_000);
    await read();
    at(600, 2_000);
    clock.advance(1_000);
    expect(await read()).toMatchObject([
      { celsius: null, watts: null, loadPercent: 60, foreignLoadPercent: 60, foreignApp: 'film' },
    ]);
  });
});
