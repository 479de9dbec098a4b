/** Who may ask: a table of hostile heads, and properties over arbitrary ones. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardSource, isAuthorized, type RequestHead } from '../../../electron/edge/http-guard.ts';

const PORT = 11546;
const head = (part: Partial<RequestHead> = {}): RequestHead => ({
  hosts: [`127.0.0.1:${String(PORT)}`],
  origins: [],
  fetchSites: [],
  authorizations: [],
  ...part,
});

describe('the Host header', () => {
  it.each(['127.0.0.1:11546', 'localhost:11546', 'LocalHost:11546', '[::1]:11546'])(
    '%s is ours',
    (host) => {
      expect(guardSource(head({ hosts: [host] }), PORT)).toBe('pass');
    },
  );

  it.each([
    '127.0.0.1',
    'localhost',
    '127.0.0.1:80',
    '127.0.0.1:11547',
    '127.0.0.1:011546',
    '127.0.0.1:11546.',
    '127.0.0.1:11546:11546',
    '127.0.0.1.evil.com:11546',
    'evil.com:11546',
    'evil.com',
    'localhost.evil.com:11546',
    'localhost.:11546',
    'user@127.0.0.1:11546',
    '127.0.0.1:11546@evil.com',
    'evil.com/127.0.0.1:11546',
    '127.1:11546',
    '127.0.0.2:11546',
    '0.0.0.0:11546',
    '2130706433:11546',
    '0x7f.0.0.1:11546',
    '[::ffff:127.0.0.1]:11546',
    '[::]:11546',
    '::1:11546',
    '[::1%25lo]:11546',
    ' 127.0.0.1:11546',
    '127.0.0.1:11546,evil.com',
    'ⅼocalhost:11546',
    'lull:11546',
    '',
  ])('%s is foreign', (host) => {
    expect(guardSource(head({ hosts: [host] }), PORT)).toBe('foreign-host');
  });

  it('is needed exactly once', () => {
    expect(guardSource(head({ hosts: [] }), PORT)).toBe('bad-host');
    const twice = ['127.0.0.1:11546', 'evil.com'];
    expect(guardSource(head({ hosts: twice }), PORT)).toBe('bad-host');
  });

  it('may leave out port 80 only', () => {
    expect(guardSource(head({ hosts: ['localhost'] }), 80)).toBe('pass');
    expect(guardSource(head({ hosts: ['evil.com'] }), 80)).toBe('foreign-host');
  });

  it('passes nothing but the three names', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.webAuthority()), (host) => {
        expect(guardSource(head({ hosts: [host] }), PORT)).toBe('foreign-host');
      }),
    );
  });
});

describe('a web page', () => {
  it.each([
    'https://evil.com',
    'null',
    'http://127.0.0.1:11546',
    'http://localhost:3000',
    'app://lull',
    '',
  ])('of origin %s is refused', (origin) => {
    expect(guardSource(head({ origins: [origin] }), PORT)).toBe('foreign-origin');
  });

  it.each(['cross-site', 'same-site', 'same-origin', ''])(
    'without an Origin but with Sec-Fetch-Site %s is refused',
    (site) => {
      expect(guardSource(head({ fetchSites: [site] }), PORT)).toBe('foreign-origin');
    },
  );

  it('is not somebody typing the address', () => {
    expect(guardSource(head({ fetchSites: ['none'] }), PORT)).toBe('pass');
  });
});

describe('the token', () => {
  const token = `lull-${'a'.repeat(43)}`;
  const hash = createHash('sha256').update(token).digest();
  const check = (...authorizations: string[]): boolean =>
    isAuthorized(head({ authorizations }), hash);

  it('is taken as the bearer scheme has it', () => {
    expect(check(`Bearer ${token}`)).toBe(true);
    expect(check(`bearer  ${token}`)).toBe(true);
  });

  it.each([
    [],
    [''],
    ['Bearer'],
    ['Bearer '],
    [token],
    [`Basic ${token}`],
    [`Bearer ${token}x`],
    [`Bearer ${token.slice(0, -1)}`],
    [`Bearer ${token} `],
    [`Bearer ${token.toUpperCase()}`],
    [`Bearer ${hash.toString('hex')}`],
    [`Bearer ${token}`, `Bearer ${token}`],
    [`Bearer ${'a'.repeat(10_000)}`],
  ])('is refused as %s', (...authorizations) => {
    expect(check(...authorizations)).toBe(false);
  });
});
