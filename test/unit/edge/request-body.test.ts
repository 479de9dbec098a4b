/** Bodies of requests: what is read, what is refused, and the room that one of many pieces takes. */
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readJsonBody } from '../../../electron/edge/request-body.ts';

const MEGABYTE = 1024 * 1024;

describe('request body', () => {
  it('reads JSON that comes in pieces', async () => {
    const body = Readable.from([Buffer.from('{"a":"\u2026'), Buffer.from('"}')]);
    expect(await readJsonBody(body, 16)).toEqual({ ok: true, value: { a: '\u2026' } });
  });

  it('takes exactly as many bytes as it may', async () => {
    const bytes = Buffer.from('[1,2]');
    expect(await readJsonBody(Readable.from([bytes]), 5)).toEqual({ ok: true, value: [1, 2] });
    expect(await readJsonBody(Readable.from([bytes]), 4)).toEqual({
      ok: false,
      refusal: 'too-large',
    });
  });

  it('takes about as much room as the body, also when it comes in single bytes', async () => {
    const body = new PassThrough({ highWaterMark: 4 * MEGABYTE });
    const read = readJsonBody(body, MEGABYTE);
    const before = process.memoryUsage().heapUsed;
    const source = Buffer.alloc(MEGABYTE, '1');
    for (let at = 0; at < MEGABYTE; at++) body.emit('data', source.subarray(at, at + 1));
    // A list of a million pieces holds more than 60 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40 * MEGABYTE);
    body.destroy();
    expect(await read).toEqual({ ok: false, refusal: null });
  });
});
