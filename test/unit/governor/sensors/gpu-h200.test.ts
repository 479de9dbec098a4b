/** The parsers on what a real card and a new driver print. */
import { expect, test } from 'vitest';
import { parsePower } from '../../../../electron/governor/power-limit-nvidia.ts';
import { parseLimits } from '../../../../electron/governor/sensors/gpu-nvidia-limits.ts';
import { chooseFields, parseRow } from '../../../../electron/governor/sensors/gpu-nvidia-rows.ts';
import {
  foreignUse,
  parsePmonHeader,
  parsePmonLine,
} from '../../../../electron/governor/sensors/gpu-nvidia-users.ts';
import {
  H200_DETAILS,
  H200_FIELDS,
  H200_HELP,
  H200_PMON,
  H200_POWER,
  H200_ROW,
} from '../../../fixtures/nvidia-h200.ts';

const ID = '0000:00:06.0';

test('the driver knows each field that is asked for, the newer name where there are two', () => {
  expect(chooseFields(H200_HELP).slice(-3)).toEqual([
    'temperature.memory',
    'temperature.gpu.tlimit',
    'clocks_event_reasons.active',
  ]);
});

test('its limits come from margins', () => {
  expect([...parseLimits(H200_DETAILS)]).toEqual([
    [ID, { slowdownCelsius: 89, shutdownCelsius: 95 }],
  ]);
});

test('a line of it; slower because nobody wants anything is no throttling', () => {
  expect(parseRow(H200_ROW, H200_FIELDS)).toEqual({
    id: ID,
    index: null,
    name: 'NVIDIA H200',
    celsius: 36,
    memoryCelsius: 37,
    marginCelsius: 51,
    watts: 81.05,
    loadPercent: 0,
    memoryUsedBytes: 0,
    memoryTotalBytes: 143_771 * 2 ** 20,
    throttle: [],
    isLost: false,
  });
  const hot = H200_ROW.replace('0x0000000000000001', '0x0000000000000024');
  expect(parseRow(hot, H200_FIELDS)?.throttle).toEqual(['thermal']);
});

test('a card that nobody uses is told as a program without a number', () => {
  const [header = '', units = '', line = ''] = H200_PMON.trim().split('\n');
  const columns = parsePmonHeader(header);
  if (columns === null) throw new Error('these are the columns');
  expect(parsePmonHeader(units)).toBeNull();
  const nobody = parsePmonLine(line, columns);
  expect(nobody).toMatchObject({ card: 0, pid: null, loadPercent: null, memoryBytes: null });
  const users = nobody === null ? [] : [nobody];
  expect(foreignUse(users, [], { loadPercent: 0, memoryUsedBytes: 0 })).toEqual({
    foreignLoadPercent: 0,
    foreignMemoryBytes: 0,
    foreignApp: null,
  });
});

test('its power limits', () => {
  expect(parsePower(H200_POWER)).toEqual({ limitWatts: 700, leastWatts: 200, mostWatts: 700 });
});
