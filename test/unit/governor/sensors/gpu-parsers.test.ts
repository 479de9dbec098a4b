/** What drivers print and show in files, read without trust. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIoreg } from '../../../../electron/governor/sensors/gpu-apple.ts';
import { cardReading } from '../../../../electron/governor/sensors/gpu-card.ts';
import { loadBetween, parseFdinfo } from '../../../../electron/governor/sensors/gpu-fdinfo.ts';
import { parseLimits } from '../../../../electron/governor/sensors/gpu-nvidia-limits.ts';
import {
  chooseFields,
  numberIn,
  parseRow,
  pciId,
} from '../../../../electron/governor/sensors/gpu-nvidia-rows.ts';
import {
  foreignUse,
  parseComputeApps,
  parsePmonHeader,
  parsePmonLine,
  type CardUser,
} from '../../../../electron/governor/sensors/gpu-nvidia-users.ts';

describe('the fields that are asked for', () => {
  test('are those of the driver, the newer name first', () => {
    const both = '"clocks_event_reasons.active" or "clocks_throttle_reasons.active"\n';
    expect(chooseFields(`${both}"temperature.memory"`).slice(8)).toEqual([
      'temperature.memory',
      'clocks_event_reasons.active',
    ]);
    expect(chooseFields('"clocks_throttle_reasons.active"').at(-1)).toBe(
      'clocks_throttle_reasons.active',
    );
  });

  test('are the basic ones where nothing can be read', () => {
    expect(chooseFields('¿?')).toHaveLength(8);
  });
});

test.each([
  ['00000000:01:00.0', '0000:01:00.0'],
  ['0000:C1:00.0', '0000:c1:00.0'],
  ['00010000:01:00.0', '0000:01:00.0'],
  ['01:00.0', null],
  ['GPU-1234', null],
])('the address %s is %s', (text, expected) => {
  expect(pciId(text)).toBe(expected);
});

test.each([
  ['61', 61],
  ['-2 C', -2],
  ['12,5 W', 12.5],
  ['575.00 W', 575],
  ['[N/A]', null],
  ['N/A', null],
  ['[Unknown Error]', null],
  ['', null],
  ['1e5', null],
  ['0x20', null],
  ['61 F', null],
])('the number in "%s" is %s', (text, expected) => {
  expect(numberIn(text)).toBe(expected);
});

test.each([
  ['0x0000000000000000', []],
  ['0x0000000000000001', []],
  ['0x000000000000000C', []],
  ['0x0000000000000020', ['thermal']],
  ['0x0000000000000040', ['thermal']],
  ['0x0000000000000080', ['power-brake']],
  ['0x00000000000000E8', ['thermal', 'power-brake']],
  ['[N/A]', []],
  ['Active', []],
])('the reasons %s are %j', (bits, throttle) => {
  const fields = chooseFields('"clocks_event_reasons.active"');
  const line = `00000000:01:00.0, 0, Card, 61, 90, 97, 1, 2, ${bits}`;
  expect(parseRow(line, fields)?.throttle).toEqual(throttle);
});

describe('limits', () => {
  const section = (...lines: readonly string[]) =>
    parseLimits(['GPU 00000000:01:00.0', '    Temperature', ...lines].join('\r\n')).get(
      '0000:01:00.0',
    );

  test('are where the card slows down, or what is lower when it does not say', () => {
    expect(section('  GPU Slowdown Temp : 95 C', '  GPU Max Operating Temp : 93 C')).toEqual({
      slowdownCelsius: 95,
      shutdownCelsius: null,
    });
    expect(section('  GPU Max Operating Temp : 93 C')?.slowdownCelsius).toBe(93);
    expect(section('  GPU Slowdown Temp : N/A')?.slowdownCelsius).toBeNull();
  });

  test('told as margins need the heat and the margin of that moment', () => {
    const margins = ['  GPU Slowdown T.Limit Temp : -2 C', '  GPU Shutdown T.Limit Temp : -5 C'];
    const now = ['  GPU Current Temp : 43 C', '  GPU T.Limit Temp : 44 C'];
    expect(section(...now, ...margins)).toEqual({ slowdownCelsius: 89, shutdownCelsius: 92 });
    expect(section(...margins)).toEqual({ slowdownCelsius: null, shutdownCelsius: null });
  });
});

describe('users of a card', () => {
  const user = (pid: number, app: string, load: number | null, mib: number | null): CardUser => ({
    ...{ card: 0, pid, app, loadPercent: load },
    memoryBytes: mib === null ? null : mib * 2 ** 20,
  });
  const busy = { loadPercent: 90, memoryUsedBytes: 8 * 2 ** 30 };

  test('of older drivers stand in other columns', () => {
    const header = '# gpu        pid  type    sm   mem   enc   dec   command';
    const columns = parsePmonHeader(header) ?? new Map<string, number>();
    expect(
      parsePmonLine('    0       5678     C    80    40     -     -   python', columns),
    ).toEqual({ card: 0, pid: 5_678, app: 'python', loadPercent: 80, memoryBytes: null });
    expect(parsePmonHeader('# Idx           #    C/G      %')).toBeNull();
  });

  test('are summed up without ours; who draws the screen costs memory but no load', () => {
    const users = [
      user(1, 'lull', 50, 7_000),
      user(2, 'Xwayland', 20, 100),
      user(3, 'game', 80, 400),
    ];
    expect(foreignUse([...users, user(4, 'other', 40, 1)], [1], busy)).toEqual({
      foreignLoadPercent: 100,
      foreignMemoryBytes: 501 * 2 ** 20,
      foreignApp: 'game',
    });
    expect(foreignUse(users.slice(0, 2), [1], busy)).toMatchObject({
      foreignLoadPercent: 0,
      foreignApp: null,
    });
  });

  test('that nobody names are not taken for nobody', () => {
    const nobody = { card: 0, pid: null, app: '-', loadPercent: null, memoryBytes: null };
    const unknown = { foreignLoadPercent: null, foreignMemoryBytes: null, foreignApp: null };
    expect(foreignUse([nobody], [], busy)).toEqual(unknown);
    expect(foreignUse([nobody], [], { loadPercent: 14, memoryUsedBytes: 2 ** 29 })).toEqual({
      ...unknown,
      foreignLoadPercent: 0,
      foreignMemoryBytes: 0,
    });
    expect(foreignUse([user(7, 'game', null, null)], [], busy)).toEqual(unknown);
  });
});

describe('an open file of a card', () => {
  const file = (...lines: readonly string[]) =>
    parseFdinfo(['pos:\t0', 'drm-pdev:\t0000:03:00.0', 'drm-client-id:\t7', ...lines].join('\n'));
  const two = (before: readonly string[], after: readonly string[]) => {
    const [first, second] = [file(...before), file(...after)];
    return first === null || second === null ? undefined : loadBetween(first, second, 1_000);
  };

  test('tells of time on engines, of which the busiest counts', () => {
    const before = ['drm-engine-gfx:\t1000 ns', 'drm-engine-dec:\t0 ns'];
    const after = ['drm-engine-gfx:\t400001000 ns', 'drm-engine-dec:\t100000000 ns'];
    expect(two(before, [...after, 'drm-engine-capacity-gfx:\t2'])).toBe(40);
  });

  test('tells of cycles out of all', () => {
    expect(
      two(
        ['drm-cycles-rcs:\t100', 'drm-total-cycles-rcs:\t1000'],
        ['drm-cycles-rcs:\t350', 'drm-total-cycles-rcs:\t2000'],
      ),
    ).toBe(25);
  });

  test('whose counter started anew tells nothing', () => {
    expect(two(['drm-engine-gfx:\t500 ns'], ['drm-engine-gfx:\t0 ns'])).toBeNull();
  });

  test('tells of memory in one of three ways', () => {
    expect(file('drm-memory-vram:\t2 MiB')?.memoryBytes).toBe(2 * 2 ** 20);
    expect(file('drm-total-vram0:\t100 KiB', 'drm-total-vram1:\t1 KiB')?.memoryBytes).toBe(103_424);
    expect(file('drm-total-system:\t100 KiB')?.memoryBytes).toBeNull();
    expect(parseFdinfo('pos:\t0\nflags:\t02')).toBeNull();
  });
});

test('the graphics of a Mac tell load and memory, by exact name', () => {
  const text = `+-o AGXAcceleratorG16X  <class AGXAcceleratorG16X, id 0x100000abc, registered>
    {
      "model" = "Apple M4 Pro"
      "PerformanceStatistics" = {"In use system memory (driver)"=0,"Device Utilization %"=26,"Tiler Utilization %"=7,"In use system memory"=1330561024}
    }
+-o AMDRadeonX6000_AMDNavi21  <class AMD, id 0x2>
    {
      "PerformanceStatistics" = {"inUseVidMemoryBytes"=8192,"Device Utilization %"=101}
    }
+-o Other  <class Other, id 0x3>
`;
  expect(parseIoreg(text)).toMatchObject([
    {
      id: '0x100000abc',
      name: 'Apple M4 Pro',
      vendor: 'apple',
      loadPercent: 26,
      memoryUsedBytes: 1_330_561_024,
      celsius: null,
    },
    { id: '0x2', vendor: 'amd', loadPercent: 100, memoryUsedBytes: 8_192 },
  ]);
});

test('a reading has no value that a card could not have', () => {
  const reading = cardReading({
    ...{ id: 'a', name: 'x'.repeat(500), vendor: 'amd' },
    ...{ celsius: Infinity, watts: -1, loadPercent: 118, memoryUsedBytes: NaN },
  });
  expect(reading).toMatchObject({
    celsius: null,
    watts: null,
    loadPercent: 100,
    memoryUsedBytes: null,
  });
  expect(reading.name).toHaveLength(120);
});

test('no text breaks a parser', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('00000000:01:00.0', ', ', '\n', '\r', '# gpu pid sm fb command', ' : ', '0x'),
    fc.constantFrom(
      'GPU 0000:01:00.0',
      'drm-pdev:\t',
      'drm-engine-x: 9',
      '+-o A',
      '99999999999999999999',
    ),
  );
  const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const columns = parsePmonHeader(text) ?? new Map([['gpu', 0]]);
      parsePmonLine(text, columns);
      parseComputeApps(text);
      parseLimits(text);
      parseRow(text, chooseFields(text));
      const file = parseFdinfo(text);
      if (file) loadBetween(file, file, 0);
      for (const { loadPercent } of parseIoreg(text)) expect(loadPercent ?? 0).toBeLessThan(101);
    }),
    { numRuns: 500 },
  );
});
