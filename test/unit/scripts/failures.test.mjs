/** What goes wrong in set-up ends in one sentence, and in time. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isCi } from '../../../scripts/ci.mjs';
import { RETRY_AFTER_MS, createStallWatch } from '../../../scripts/electron-download.mjs';
import { downloadOfficial, recentFailure } from '../../../scripts/electron-download.mjs';
import { rememberFailure } from '../../../scripts/electron-download.mjs';
import { fileFault } from '../../../scripts/file-fault.mjs';
import { closedAdvice } from '../../../scripts/launcher.mjs';
import { collect } from '../../../scripts/run-command.mjs';
import { createSteps } from '../../../scripts/steps.mjs';
import { includesTest } from '../../../scripts/test-layers.mjs';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-failures-'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

describe('fileFault', () => {
  it.each([
    ['EACCES', 'this account'],
    ['EROFS', 'cannot be written'],
    ['ENOSPC', 'full'],
  ])('names the path and the reason for %s', (code, reason) => {
    const sentence = fileFault(Object.assign(new Error('x'), { code, path: '/some/place' }));
    expect(sentence).toContain('/some/place');
    expect(sentence).toContain(reason);
  });

  it('leaves other failures alone', () => {
    expect(fileFault(Object.assign(new Error('x'), { code: 'ENOENT', path: '/p' }))).toBeNull();
    expect(fileFault('ENOSPC')).toBeNull();
  });
});

describe('the official download', () => {
  it('is given up when nothing arrives, with a reason', async () => {
    // It keeps the process alive and writes nothing, as when every packet is swallowed.
    writeFileSync(path.join(folder, 'install.js'), 'setInterval(() => {}, 1000);');
    const { signal } = new AbortController();
    const reason = await downloadOfficial(
      { packageFolder: folder, partFolder: folder, stallMs: 1 },
      () => undefined,
      signal,
    );
    expect(reason).toContain('nothing arrived');
  });

  it('hands back the last line of a failure', async () => {
    const script = "console.error('Error: no room\\n    at x.js:1'); process.exit(1);";
    writeFileSync(path.join(folder, 'install.js'), script);
    const { signal } = new AbortController();
    const where = { packageFolder: folder, partFolder: folder };
    expect(await downloadOfficial(where, () => undefined, signal)).toBe('no room');
  });

  it('counts as stalled only when its size stays', () => {
    const isStalled = createStallWatch(1000);
    expect(isStalled(0, 5000)).toBe(false);
    expect(isStalled(0, 5999)).toBe(false);
    expect(isStalled(1, 6000)).toBe(false);
    expect(isStalled(1, 6999)).toBe(false);
    expect(isStalled(1, 7000)).toBe(true);
  });

  it('is remembered for a day with its reason, when the network was at fault', () => {
    const file = path.join(folder, 'memory');
    rememberFailure('TypeError: fetch failed', 1000, file);
    expect(recentFailure(1000 + RETRY_AFTER_MS - 1, file)).toBe('TypeError: fetch failed');
    expect(recentFailure(1000 + RETRY_AFTER_MS, file)).toBeNull();
    // A clock that went backwards must not make it wait for years.
    expect(recentFailure(999, file)).toBeNull();
  });

  it.each(['ENOSPC: no space left on device, write', 'Error: checksum mismatch'])(
    'is tried again after %s',
    (reason) => {
      const file = path.join(folder, 'memory');
      rememberFailure('getaddrinfo ENOTFOUND example', 1000, file);
      expect(recentFailure(1001, file)).not.toBeNull();
      rememberFailure(reason, 1000, file);
      expect(recentFailure(1001, file)).toBeNull();
    },
  );

  it('forgets what an older Lull or half a write left behind', () => {
    const file = path.join(folder, 'memory');
    for (const text of ['', '1763625600000', '{"at":10']) {
      writeFileSync(file, text);
      expect(recentFailure(1763625600001, file)).toBeNull();
    }
  });
});

describe('collect', () => {
  it('stops a program when the signal was aborted before', async () => {
    const kills = /** @type {unknown[]} */ ([]);
    const child = Object.assign(new EventEmitter(), {
      kill(/** @type {unknown} */ name) {
        kills.push(name);
        child.emit('close', null);
      },
    });
    const reason = new Error('cancelled');
    const result = collect(
      /** @type {import('node:child_process').ChildProcess} */ (/** @type {unknown} */ (child)),
      { signal: AbortSignal.abort(reason) },
    );
    child.emit('close', null);
    await expect(result).rejects.toBe(reason);
    expect(kills).toEqual(['SIGINT']);
  });
});

describe('a step without a terminal', () => {
  it('says every ten seconds how far it is', async () => {
    vi.useFakeTimers();
    let text = '';
    const steps = createSteps({ write: (part) => (text += part) });
    const work = Promise.withResolvers();
    const step = steps.run('Downloading', (progress) => {
      progress('7 MB');
      return work.promise;
    });
    await vi.advanceTimersByTimeAsync(20_000);
    work.resolve(undefined);
    await step;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(text).toBe('Downloading ...\nDownloading ... 7 MB\nDownloading ... 7 MB\n');
  });
});

it('offers to open only the checkout itself', () => {
  const checkout = path.resolve('/c/lull');
  expect(closedAdvice(path.join(checkout, 'node_modules'), checkout)).toContain(
    `chmod -R go+rX "${checkout}"`,
  );
  expect(closedAdvice(path.resolve('/c'), checkout)).not.toContain('chmod');
  expect(closedAdvice(process.execPath, checkout)).not.toContain('chmod');
});

it('takes any value of CI but the ones that deny it', () => {
  const values = [undefined, '', 'false', '0', 'true', '1', 'woodpecker'];
  const taken = values.map((CI) => isCi({ CI }));
  expect(taken).toEqual([false, false, false, false, true, true, true]);
});

it('knows whether a pattern asks for the test of the package', () => {
  const file = 'test/e2e/packaged.spec.ts';
  expect(includesTest([], file)).toBe(true);
  expect(includesTest(['test/e2e/'], file)).toBe(true);
  expect(includesTest(['newcomer', 'Packaged.spec.ts:12'], file)).toBe(true);
  expect(includesTest(['newcomer'], file)).toBe(false);
});
