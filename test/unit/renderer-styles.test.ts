/** What the style sheets leave out, because every piece of an answer would pay for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const STYLES = resolve(import.meta.dirname, '../../renderer/styles');

/** One such rule anywhere costs about 0.4 ms whenever an element joins a long chat: `npm run bench -- ui`. */
it('no rule looks at what an element has inside it', () => {
  const files = readdirSync(STYLES).filter((name) => name.endsWith('.css'));
  expect(files).not.toHaveLength(0);
  const found = files.filter((name) => readFileSync(join(STYLES, name), 'utf8').includes(':has('));
  expect(found).toEqual([]);
});
