/** Which answers of a server a download believes, and where redirects may lead it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeAnswer,
  rangeHeaders,
  retryAfterMs,
  type AnswerHead,
  type Asked,
} from '../../../electron/models/download-answer.ts';
import { firstHop, nextHop } from '../../../electron/models/download-hop.ts';

const SIZE = 1_000;
const HEAD: AnswerHead = {
  status: 206,
  contentLength: 600,
  contentRange: 'bytes 400-999/1000',
  contentEncoding: null,
  retryAfter: null,
  etag: '"a"',
  lastModified: null,
};
const ASKED: Asked = {
  haveBytes: 400,
  sizeBytes: SIZE,
  maxBytes: SIZE,
  known: { etag: '"a"', lastModified: null },
};

describe('an answer', () => {
  it('is taken from where the file left off', () => {
    expect(judgeAnswer(HEAD, ASKED)).toEqual({ kind: 'take', skipBytes: 0, totalBytes: SIZE });
  });

  it('that ignores the range is taken from where the file left off, too', () => {
    const whole = { ...HEAD, status: 200, contentLength: SIZE, contentRange: null };
    expect(judgeAnswer(whole, ASKED)).toEqual({ kind: 'take', skipBytes: 400, totalBytes: SIZE });
    expect(judgeAnswer({ ...whole, contentLength: null }, ASKED)).toMatchObject({ kind: 'take' });
  });

  it.each([
    ['another tag', { etag: '"b"' }, 'changed'],
    ['another length', { contentRange: 'bytes 400-1000/1001' }, 'changed'],
    ['no such range', { status: 416 }, 'changed'],
    ['another start', { contentRange: 'bytes 399-999/1000' }, 'refused'],
    ['no range at all', { contentRange: null }, 'refused'],
    ['a backward range', { contentRange: 'bytes 400-399/1000' }, 'refused'],
    ['a packed body', { contentEncoding: 'br' }, 'refused'],
    ['403', { status: 403 }, 'refused'],
    ['204', { status: 204 }, 'refused'],
    ['429', { status: 429 }, 'busy'],
    ['502', { status: 502 }, 'interrupted'],
  ])('with %s is judged', (_name, over, kind) => {
    expect(judgeAnswer({ ...HEAD, ...over }, ASKED)).toMatchObject({ kind });
  });

  it('never has its body taken from another byte than the one that is missing', () => {
    const maybe = fc.option(fc.nat({ max: 2_000 }));
    const range = fc
      .tuple(fc.nat({ max: 1_200 }), fc.nat({ max: 1_200 }), fc.constantFrom('1000', '999', '*'))
      .map(([from, to, total]) => `bytes ${from}-${to}/${total}`);
    fc.assert(
      fc.property(
        fc.constantFrom(200, 206),
        maybe,
        fc.option(range),
        fc.nat({ max: 999 }),
        (status, contentLength, contentRange, haveBytes) => {
          const head = { ...HEAD, status, contentLength, contentRange };
          const judged = judgeAnswer(head, { ...ASKED, haveBytes });
          if (judged.kind !== 'take') return;
          expect(judged.totalBytes).toBe(SIZE);
          const first = status === 206 ? Number(/\d+/.exec(contentRange ?? '')?.[0]) : 0;
          expect(first + judged.skipBytes).toBe(haveBytes);
        },
      ),
    );
  });

  it('is asked for with a guard only where the tag is strong', () => {
    expect(rangeHeaders(ASKED)).toEqual({ range: 'bytes=400-', 'if-range': '"a"' });
    const weak = { etag: 'W/"a"', lastModified: null };
    expect(rangeHeaders({ ...ASKED, known: weak })).toEqual({ range: 'bytes=400-' });
    expect(rangeHeaders({ ...ASKED, haveBytes: 0 })).toEqual({});
  });

  it.each([
    ['7', 7_000],
    ['99999', 300_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    [null, null],
  ])('asks to wait (%s) within bounds', (text, ms) => {
    expect(retryAfterMs(text, 10_000, 300_000)).toBe(ms);
  });
});

describe('where a download goes', () => {
  it.each([
    'http://models.example/a',
    'http://127.0.0.1.example/a',
    'http://127.0.0.1@models.example/a',
    'https://name:secret@models.example/a',
    'file:///etc/passwd',
    'data:text/plain,a',
    'a',
  ])('is not %s', (url) => {
    expect(firstHop(url)).toHaveProperty('fault');
  });

  it.each(['https://models.example/a', 'http://127.0.0.1:80/a', 'http://[::1]:80/a'])(
    'may be %s',
    (url) => {
      expect(firstHop(url)).toHaveProperty('url');
    },
  );

  it.each([
    ['https://models.example/a', 'http://models.example/a', false],
    ['https://models.example/a', 'http://127.0.0.1/a', false],
    ['https://models.example/a', 'https://127.0.0.1/a', false],
    ['https://models.example/a', 'https://localhost/a', false],
    ['https://models.example/a', 'https://127.1/a', false],
    ['https://models.example/a', 'https://2130706433/a', false],
    ['https://models.example/a', 'https://0.0.0.0/a', false],
    ['https://models.example/a', 'https://10.1.2.3/a', false],
    ['https://models.example/a', 'https://172.31.0.1/a', false],
    ['https://models.example/a', 'https://192.168.1.1/a', false],
    ['https://models.example/a', 'https://169.254.169.254/a', false],
    ['https://models.example/a', 'https://[::]/a', false],
    ['https://models.example/a', 'https://[::ffff:192.168.1.1]/a', false],
    ['https://models.example/a', 'https://[fd00::1]/a', false],
    ['https://models.example/a', 'https://localhost./a', false],
    ['https://models.example/a', 'https://a.localhost/a', false],
    ['https://models.example/a', 'https://router/a', false],
    ['https://models.example/a', 'https://nas.local/a', false],
    ['https://models.example/a', 'https://172.32.0.1/a', true],
    ['https://models.example/a', 'https://[2606:4700::1]/a', true],
    ['https://models.example/a', 'https://local.example/a', true],
    ['https://10.1.2.3/a', 'https://10.1.2.4/a', true],
    ['https://models.example/a', '//user@cdn.example/a', false],
    ['https://models.example/a', undefined, false],
    ['https://models.example/a', 'https://cdn.example/a', true],
    ['https://models.example/a', '/b', true],
    ['http://127.0.0.1/a', 'https://cdn.example/a', true],
    ['http://127.0.0.1/a', 'http://127.0.0.1:81/a', true],
    ['http://127.0.0.1/a', 'http://cdn.example/a', false],
  ])('from %s to %s is allowed: %s', (from, to, isAllowed) => {
    expect('url' in nextHop(new URL(from), to)).toBe(isAllowed);
  });
});
