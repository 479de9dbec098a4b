import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ENGINE } from '../../../electron/app/served-model.ts';

it('names the engine in receipts by the version that is installed', () => {
  const path = resolve(import.meta.dirname, '../../../package.json');
  const manifest = z
    .object({ dependencies: z.object({ 'node-llama-cpp': z.string() }) })
    .parse(JSON.parse(readFileSync(path, 'utf8')));
  expect(ENGINE).toBe(`node-llama-cpp ${manifest.dependencies['node-llama-cpp']}`);
});
