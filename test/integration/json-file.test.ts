import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonFile } from '../../electron/platform/json-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-json-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

function open(path: string) {
  const damaged: string[] = [];
  const file = jsonFile({
    path,
    schema: z.strictObject({ count: z.number() }),
    fallback: { count: 0 },
    onDamaged: (keptAs) => damaged.push(keptAs),
  });
  return { file, damaged };
}

describe('a small JSON file', () => {
  it('is read back, readable by its owner only', () => {
    const path = join(folder, 'a.json');
    const { file } = open(path);
    expect(file.read()).toEqual({ count: 0 });
    file.write({ count: 5 });
    expect(open(path).file.read()).toEqual({ count: 5 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{', '[]', '{"count":"5"}', '{"count":5,"more":1}', '\0\0\0'])(
    'is set aside when it holds %j',
    (content) => {
      const path = join(folder, 'a.json');
      writeFileSync(path, content);
      const { file, damaged } = open(path);
      expect(file.read()).toEqual({ count: 0 });
      expect(damaged).toEqual([`${path}.damaged`]);
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(content);
      expect(existsSync(path)).toBe(false);
    },
  );

  it('keeps every damaged file', () => {
    const path = join(folder, 'a.json');
    for (const content of ['first', 'second']) {
      writeFileSync(path, content);
      open(path).file.read();
    }
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('first');
    expect(readFileSync(`${path}.damaged-2`, 'utf8')).toBe('second');
  });

  it('keeps its old content when it cannot be written', () => {
    const path = join(folder, 'a.json');
    const { file } = open(path);
    file.write({ count: 1 });
    // A folder in the way of the temporary file fails for every account, root included.
    rmSync(`${path}.part`, { force: true });
    const blocked = open(join(folder, 'a.json', 'below.json'));
    expect(() => blocked.file.write({ count: 2 })).toThrow();
    expect(file.read()).toEqual({ count: 1 });
  });
});
