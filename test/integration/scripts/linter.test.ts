/** The linter refuses an import against the direction of the folders, and what else the style forbids. */
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const eslint = new ESLint({
  cwd: root,
  // In CI the parser would read the files from disk once and not see the text given here.
  overrideConfig: {
    languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } },
  },
});
/** Any file that exists: the linter types it as part of the project. */
const FILE = path.join(root, 'electron', 'platform', 'clock.ts');

async function rulesBroken(code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: FILE });
  return result?.messages.map((message) => message.ruleId) ?? [];
}

describe('the linter', () => {
  it.each([
    ['lull/import-direction', "export { createHub } from '../hub/hub.ts';"],
    ['lull/import-direction', "import { app } from 'electron';\napp.quit();"],
    ['no-restricted-syntax', 'const answer = 42;\nexport default answer;'],
    ['max-lines', '// filler\n'.repeat(301)],
    ['@typescript-eslint/no-explicit-any', 'export const anything: any = 1;'],
    [
      '@typescript-eslint/no-non-null-assertion',
      'export const first = (list: readonly string[]) => list[0]!;',
    ],
    ['@typescript-eslint/no-floating-promises', 'Promise.reject(new Error());\nexport {};'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n  }\n}",
    ],
  ])('reports %s', async (rule, code) => {
    expect(await rulesBroken(code)).toContain(rule);
  });

  it('is content with code that keeps to them', async () => {
    const code =
      "import type { Log } from './log.ts';\n\nexport type Quiet = Pick<Log, 'error'>;\n";
    expect(await rulesBroken(code)).toEqual([]);
  });
});
