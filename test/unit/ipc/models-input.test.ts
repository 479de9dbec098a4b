/** What the page may ask of models: ids of every kind, and no more of anything than main takes. */
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../electron/ipc/table.ts';

const LONG_PATH = `/home/somebody/${'folder/'.repeat(30)}model.gguf`;

describe('a model that is to be removed', () => {
  it('may be named by a long path, which is its id', () => {
    expect(LONG_PATH.length).toBeGreaterThan(200);
    expect(COMMANDS['models.remove'].input.safeParse({ id: LONG_PATH }).success).toBe(true);
  });

  it.each(['', 'x'.repeat(4097)])('is not named by %#', (id) => {
    expect(COMMANDS['models.remove'].input.safeParse({ id }).success).toBe(false);
  });
});
