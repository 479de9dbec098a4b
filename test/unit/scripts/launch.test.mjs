import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { absolutePaths, extraArguments } from '../../../scripts/launch.mjs';

const HERE = path.resolve('typed-here');

describe('arguments of the app', () => {
  it('resolves files and folders from where they were typed', () => {
    const args = ['chat', 'a/b', '--model', 'm.gguf', '--data-dir=d=1', '--port', '0'];
    expect(absolutePaths(args, HERE)).toEqual([
      'chat',
      'a/b',
      '--model',
      path.join(HERE, 'm.gguf'),
      `--data-dir=${path.join(HERE, 'd=1')}`,
      '--port',
      '0',
    ]);
  });

  it('runs headless where there is no screen, and without a screen for a command', () => {
    expect(extraArguments([], 'linux', true)).toEqual([]);
    expect(extraArguments([], 'linux', false)).toContain('--headless');
    expect(extraArguments(['chat', 'hello'], 'linux', true)).not.toContain('--headless');
    expect(extraArguments(['chat', 'hello'], 'linux', true)).toContain('--disable-gpu');
    expect(extraArguments(['chat', 'hello'], 'darwin', true)).toEqual([]);
  });
});
