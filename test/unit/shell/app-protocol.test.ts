import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_URL, CONTENT_SECURITY_POLICY, respond } from '../../../electron/shell/app-protocol.ts';
import { isOwnUrl } from '../../../electron/shell/session-lock.ts';

let root = '';
let outside = '';

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'lull-page-'));
  writeFileSync(join(outside, 'secret.html'), 'secret');
  root = mkdtempSync(join(outside, 'page-'));
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  symlinkSync(join(outside, 'secret.html'), join(root, 'link.html'));
});

afterAll(() => {
  rmSync(outside, { recursive: true });
});

const status = async (url: string, method = 'GET'): Promise<number> =>
  (await respond({ url, method }, root)).status;

describe('app:// (security 7, 18)', () => {
  it('serves the page with its policy in a header', async () => {
    const response = await respond({ url: APP_URL, method: 'GET' }, root);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'/);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-|\*/);
  });

  it.each([
    ['POST', APP_URL, 405],
    ['GET', 'app://evil/index.html', 404],
    ['GET', 'app://lull/absent.html', 404],
    ['GET', 'app://lull/index.html.bak', 404],
    ['GET', 'app://lull/..%2fsecret.html', 403],
    ['GET', 'app://lull/%2e%2e%5csecret.html', 403],
    ['GET', 'app://lull/%E0%A4%A', 403],
    ['GET', 'app://lull/link.html', 403],
    ['GET', 'app://lull/index%00.html', 403],
  ])('%s %s -> %i', async (method, url, expected) => {
    expect(await status(url, method)).toBe(expected);
  });

  it.each([
    'https://example.org/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'app://evil/',
    'app://lull.evil/x',
    'ws://localhost/',
  ])('the page may not load %s', (url) => {
    expect(isOwnUrl(url)).toBe(false);
  });
});
