/** Every assertion of the list has a test that is titled with its number, or is written down as open. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LAST = 28;

/** `2, 4: …`, `11 to 14: …` and `… (security 7, 18)` in the title of a test or of a group of them. */
function numbersIn(title: string): readonly number[] {
  const [, list] = /^([\d, to]+):/.exec(title) ?? /\(security ([\d, to]+)\)/.exec(title) ?? [];
  if (list === undefined) return [];
  return list.split(',').flatMap((part) => {
    const [from = NaN, to = from] = part.split('to').map(Number);
    return Array.from({ length: to - from + 1 }, (_none, index) => from + index);
  });
}

function titles(): readonly string[] {
  return readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(test|spec)\.tsx?$/.test(name))
    .map((name) => readFileSync(path.join(ROOT, 'test', name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/\b(?:test|it|describe)\(\s*'((?:[^'\\]|\\.)*)'/g)])
    .map(([, title = '']) => title);
}

function openNumbers(): readonly number[] {
  const text = readFileSync(path.join(ROOT, 'docs/security.md'), 'utf8');
  const [, open = ''] = text.split(/^## Open$/m);
  return [...open.matchAll(/^- \((\d+)\)/gm)].map(([, number]) => Number(number));
}

it('each number has a test, or stands among what is open', () => {
  const known = new Set([...titles().flatMap(numbersIn), ...openNumbers()]);
  const all = Array.from({ length: LAST }, (_none, index) => index + 1);
  expect(all.filter((number) => !known.has(number))).toEqual([]);
});

it('reads numbers as they are written', () => {
  expect(numbersIn('2, 4: the page')).toEqual([2, 4]);
  expect(numbersIn('11 to 14: stays')).toEqual([11, 12, 13, 14]);
  expect(numbersIn('app:// (security 7, 18)')).toEqual([7, 18]);
  expect(numbersIn('three: tests')).toEqual([]);
});
