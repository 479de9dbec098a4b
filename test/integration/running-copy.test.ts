import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathsIn } from '../../electron/app/paths.ts';
import {
  announceEndpoint,
  findRunningCopy,
  withdrawEndpoint,
} from '../../electron/app/running-copy.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-copy-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the copy that runs', () => {
  it('is found by what it announced, and not once it has gone', () => {
    const paths = pathsIn(folder, null);
    writeFileSync(paths.endpointToken, 'lull-token\n');
    const info = {
      url: 'http://127.0.0.1:1234/v1',
      tokenPath: paths.endpointToken,
      dataFolder: folder,
      hasWindow: false,
    };
    announceEndpoint(paths, info);
    expect(findRunningCopy(paths)).toEqual({ info, token: 'lull-token' });
    withdrawEndpoint(paths);
    expect(findRunningCopy(paths)).toBeNull();
  });

  it.each([
    'http://127.0.0.1.evil.com:1/v1',
    'https://example.org/v1',
    'http://127.0.0.1:80@evil/v1',
  ])('is never asked for the token at %s', (url) => {
    const paths = pathsIn(folder, null);
    writeFileSync(paths.endpointToken, 'lull-token\n');
    announceEndpoint(paths, {
      url,
      tokenPath: paths.endpointToken,
      dataFolder: folder,
      hasWindow: false,
    });
    expect(findRunningCopy(paths)).toBeNull();
  });
});
