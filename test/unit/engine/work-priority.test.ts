/** Behind everything else while only relays are answered, where that can be undone. */
import { setPriority } from 'node:os';
import { expect, test } from 'vitest';
import { mayRaise, setAll } from '../../../electron/engine/process-priority.ts';
import { createWorkPriority } from '../../../electron/engine/work-priority.ts';

test('goes down with the first relay, up with the owner’s first request, and stays between two', () => {
  const told: boolean[] = [];
  const priority = createWorkPriority((isLow) => told.push(isLow));
  priority.began(1, true);
  priority.began(2, true);
  priority.ended(1);
  priority.ended(2);
  priority.began(3, true);
  expect(told).toEqual([true]);
  priority.began(4, false);
  priority.began(5, false);
  priority.ended(4);
  expect(told).toEqual([true, false]);
  priority.ended(5);
  expect(told).toEqual([true, false, true]);
  priority.ended(3);
  priority.began(6, false);
  priority.ended(6);
  expect(told).toEqual([true, false, true, false]);
});

test('is up while relays are to stand still, so that what they have begun is over soon', () => {
  const told: boolean[] = [];
  const priority = createWorkPriority((isLow) => told.push(isLow));
  priority.began(1, true);
  priority.paced(0);
  priority.began(2, true);
  priority.paced(0.5);
  priority.paced(1);
  priority.ended(1);
  priority.ended(2);
  expect(told).toEqual([true, false, true]);
});

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax nice priority         ${soft.padEnd(21)}${soft.padEnd(21)}\n`;
const status = (capabilities: string) => `CapInh:\t0000000000000000\nCapEff:\t${capabilities}\n`;

test.each([
  ['0', '0000000000000000', false],
  ['19', '0000000000000000', false],
  ['20', '0000000000000000', true],
  ['40', '0000000000000000', true],
  ['unlimited', '0000000000000000', true],
  ['0', '0000000000800000', true],
  ['0', '000001ffffffffff', true],
  ['0', '000001ffff7fffff', false],
])('a limit of %s and the capabilities %s: %s', (soft, capabilities, expected) => {
  expect(mayRaise(limits(soft), status(capabilities))).toBe(expected);
});

test('what does not say so may not', () => {
  expect(mayRaise('', '')).toBe(false);
});

test('a thread that has ended meanwhile is no failure, and holds up no other', () => {
  const failures: unknown[] = [];
  const set: number[] = [];
  const gone = 2 ** 22 + 1;
  const refused = new Error('not allowed');
  setAll(
    [gone, 1, 2],
    (id) => {
      if (id === gone) setPriority(gone, 0);
      if (id === 1) throw refused;
      set.push(id);
    },
    (error) => failures.push(error),
  );
  expect(set).toEqual([2]);
  expect(failures).toEqual([refused]);
});
