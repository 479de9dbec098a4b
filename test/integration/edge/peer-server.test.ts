/** What a peer server does with peers that do not keep to the rules; real HTTP/2, the test's own clock. */
import { constants, type ClientHttp2Session } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PEER_LIMITS } from '../../../electron/edge/limits.ts';
import { relayRequestSchema } from '../../../electron/protocol/wire-relay.ts';
import type { ManualClock } from '../../fakes/manual-clock.ts';
import { createPeerServed, fetchRaw, postHeaders } from '../../fakes/peer-served.ts';
import { relayRequest } from '../../fakes/peer-values.ts';
import { quiet, settled } from '../../fakes/settle.ts';

const RELAY = '/lull/1/relay';
const BODY = JSON.stringify(z.encode(relayRequestSchema, relayRequest('{}')));
const MALFORMED = { code: 'malformed', retryElsewhere: false };
const QUEUE_FULL = { code: 'queue-full', retryElsewhere: true };
const FLOOD = 'x'.repeat(4096);

/** Lets time pass in steps in which pongs can come. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
    clock.advance(Math.min(1_000, leftMs));
    await quiet(10);
  }
}

function openRelay(session: ClientHttp2Session) {
  const stream = session.request(postHeaders(RELAY, BODY));
  stream.on('error', () => undefined);
  stream.end(BODY);
  return stream;
}

describe('requests that are no requests', () => {
  it.each([
    ['an unknown path', { ':path': '/lull/1/other' }, undefined, 404],
    ['a path with a query', { ':path': '/lull/1/card?x=1' }, undefined, 404],
    ['a wrong method', { ':path': RELAY, ':method': 'GET' }, undefined, 405],
    ['a body for the card', { ':path': '/lull/1/card', ':method': 'POST' }, '{}', 405],
    ['another type', { ...postHeaders(RELAY, BODY), 'content-type': 'text/plain' }, BODY, 415],
    ['a packed body', { ...postHeaders(RELAY, BODY), 'content-encoding': 'gzip' }, BODY, 415],
    ['no JSON', postHeaders(RELAY, '{"session":'), '{"session":', 400],
    ['no UTF-8 text', postHeaders(RELAY, '[]'), '[]', 400],
    [
      'a field too many',
      postHeaders(RELAY, `{"extra":1,${BODY.slice(1)}`),
      `{"extra":1,${BODY.slice(1)}`,
      400,
    ],
    [
      'a number where digits belong',
      postHeaders(RELAY, BODY.replace('"1000000"', '1000000')),
      BODY.replace('"1000000"', '1000000'),
      400,
    ],
  ])('%s is refused and disturbs nobody', async (_name, headers, body, status) => {
    const { asked, session } = createPeerServed();
    const http = session();
    const other = openRelay(http);
    await settled(() => asked.length === 1, 'the other relay');
    const answer = await fetchRaw(http, headers, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual(MALFORMED);
    expect(asked).toHaveLength(1);
    asked[0]?.reply.events(['{"still":"here"}']);
    const data = await new Promise<Buffer>((resolve) => other.once('data', resolve));
    expect(data.toString()).toBe('data: {"still":"here"}\n\n');
    http.destroy();
  });

  it('a body larger than 1 MiB is refused before it comes, and one without a length', async () => {
    const { session, asked } = createPeerServed();
    const http = session();
    const big = 'x'.repeat(PEER_LIMITS.maxBodyBytes + 1);
    expect((await fetchRaw(http, postHeaders(RELAY, big), big)).status).toBe(413);
    const open = { ':method': 'POST', ':path': RELAY, 'content-type': 'application/json' };
    expect((await fetchRaw(http, open, BODY)).status).toBe(411);
    expect(asked).toEqual([]);
    http.destroy();
  });

  it('headers beyond 16 KiB cost the stream and not the session', async () => {
    const { session, asked } = createPeerServed();
    const http = session();
    const big = { ...postHeaders(RELAY, BODY), cookie: 'x'.repeat(17 * 1024) };
    await expect(fetchRaw(http, big, BODY)).rejects.toThrow();
    openRelay(http);
    await settled(() => asked.length === 1, 'a relay afterwards');
    http.destroy();
  });

  it('a body that does not come to its end is given up after 30 s', async () => {
    const { session, clock } = createPeerServed();
    const http = session();
    const stream = http.request(postHeaders(RELAY, BODY));
    let status: number | undefined;
    stream.on('response', (head) => {
      status = head[':status'];
    });
    stream.on('error', () => undefined);
    stream.write(BODY.slice(0, 10));
    await quiet();
    await pass(clock, PEER_LIMITS.bodyMs - 1);
    expect(status).toBeUndefined();
    clock.advance(1);
    await settled(() => status === 408, 'the refusal');
    http.destroy();
  });
});

describe('too much at once', () => {
  it('of 200 streams 16 are served', async () => {
    const { session, asked } = createPeerServed();
    const http = session();
    const streams = Array.from({ length: 200 }, () => openRelay(http));
    await quiet(200);
    expect(asked).toHaveLength(16);
    // Who ends makes room for the next.
    asked[0]?.reply.end();
    await settled(() => asked.length === 17, 'the next');
    for (const stream of streams) stream.destroy();
    http.destroy();
    await settled(() => asked.every(({ isDropped }) => isDropped), 'the end of all');
  });

  it('one key has 32 streams over all its sessions, and another key its own', async () => {
    const { session, asked } = createPeerServed();
    const sessions = [session(), session(), session()];
    const [first, second, third] = sessions;
    if (!first || !second || !third) throw new Error('three were opened');
    for (const http of [first, second]) for (let count = 0; count < 16; count += 1) openRelay(http);
    await settled(() => asked.length === 32, 'two sessions full');
    const refused = await fetchRaw(third, postHeaders(RELAY, BODY), BODY);
    expect([refused.status, JSON.parse(refused.body)]).toEqual([503, QUEUE_FULL]);
    const stranger = session(2);
    openRelay(stranger);
    await settled(() => asked.length === 33, 'another key');
    for (const http of [...sessions, stranger]) http.destroy();
  });

  it('one key has 4 sessions, and 256 are open in all', async () => {
    const { server, duplex, accepted } = createPeerServed();
    const accept = (peerByte: number) => {
      duplex(peerByte);
      return accepted.at(-1);
    };
    const opened = Array.from({ length: 256 }, (_value, index) => accept(index >> 2));
    expect([accept(0)?.destroyed, accept(200)?.destroyed]).toEqual([true, true]);
    expect(opened.some((each) => each?.destroyed)).toBe(false);
    server.dispose();
    await settled(() => opened.every((each) => each?.closed), 'the end of all');
    expect(accept(0)?.destroyed).toBe(false);
    server.dispose();
  });

  it('20 resets within 10 s are borne, and the next one ends the session', async () => {
    const { session, clock, asked } = createPeerServed();
    const http = session();
    const reset = async () => {
      const before = asked.length;
      const stream = openRelay(http);
      await settled(() => asked.length === before + 1, 'a relay');
      stream.close(constants.NGHTTP2_CANCEL);
      await settled(() => asked.at(-1)?.isDropped === true, 'its reset');
    };
    for (let count = 0; count < PEER_LIMITS.maxResets; count += 1) await reset();
    clock.advance(PEER_LIMITS.resetWindowMs);
    for (let count = 0; count < PEER_LIMITS.maxResets; count += 1) await reset();
    expect(http.destroyed).toBe(false);
    await reset();
    await settled(() => http.destroyed, 'the end of the session');
  });

  it('junk instead of HTTP/2 ends the connection', async () => {
    const { duplex } = createPeerServed();
    const raw = duplex();
    raw.resume();
    raw.write(Buffer.alloc(64 * 1024, 0xa5));
    await settled(() => raw.destroyed || raw.readableEnded, 'the end');
  });

  it('headers without an end cost the session and no memory', async () => {
    const { duplex, asked } = createPeerServed();
    const raw = duplex();
    raw.resume();
    raw.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    raw.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    const frame = (type: number) => {
      const block = Buffer.concat([
        Buffer.from([0, 1, 97, 127, 0x81, 0x7f]),
        Buffer.alloc(256, 98),
      ]);
      const head = Buffer.from([0, block.length >> 8, block.length & 255, type, 0, 0, 0, 0, 1]);
      return Buffer.concat([head, block]);
    };
    raw.write(frame(1));
    let sent = 0;
    while (sent < 10_000 && !raw.destroyed && !raw.readableEnded && raw.writable) {
      raw.write(frame(9));
      sent += 1;
      await quiet(1);
    }
    expect(sent).toBeLessThan(1_000);
    expect(asked).toEqual([]);
  });
});

describe('an asker that goes, or does not read', () => {
  it('a stream that is paused stops what is written for it, loses it after 30 s, and harms no other', async () => {
    const { session, clock, asked } = createPeerServed();
    const http = session();
    const slow = openRelay(http);
    slow.pause();
    slow.on('response', () => undefined);
    await settled(() => asked.length === 1, 'the slow relay');
    const fast = openRelay(http);
    let read = 0;
    fast.on('data', (bytes: Buffer) => {
      read += bytes.length;
    });
    await settled(() => asked.length === 2, 'the fast relay');
    const write = async (index: number, times: number) => {
      for (let count = 0; count < times; count += 1) {
        const relay = asked[index];
        // As main does it: no more than 16 events that were not taken.
        if (!relay || count - relay.taken >= 16) return count;
        relay.reply.events([FLOOD]);
        await quiet(4);
      }
      return times;
    };
    const written = await write(0, 1_000);
    expect(written).toBeLessThan(60);
    expect(await write(1, 200)).toBe(200);
    await settled(() => read > 200 * FLOOD.length, 'all of the fast one');
    await pass(clock, PEER_LIMITS.stallMs - 1);
    expect(asked[0]?.isDropped).toBe(false);
    clock.advance(1);
    await settled(() => asked[0]?.isDropped === true, 'the loss of the slow one');
    expect(asked[1]?.isDropped).toBe(false);
    http.destroy();
  });

  it('hears all that was said before it broke off, and one that does not read is not waited for', async () => {
    const { session, clock, asked } = createPeerServed();
    const http = session();
    const [reader, idler] = [openRelay(http), openRelay(http)];
    idler.pause();
    let text = '';
    reader.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    await settled(() => asked.length === 2, 'the relays');
    const texts = ['one', 'two', 'three'].map((word) => JSON.stringify(FLOOD + word));
    for (const each of texts) asked[0]?.reply.events([each]);
    asked[0]?.reply.fail();
    asked[0]?.reply.events(['nothing more']);
    await settled(() => reader.closed && asked[0]?.isDropped === true, 'the end');
    expect(text === texts.map((each) => `data: ${each}\n\n`).join('')).toBe(true);
    for (let count = 0; count < 200; count += 1) asked[1]?.reply.events([JSON.stringify(FLOOD)]);
    asked[1]?.reply.fail();
    await pass(clock, PEER_LIMITS.stallMs);
    await settled(() => asked[1]?.isDropped === true, 'the loss');
    http.destroy();
  });

  it('a peer that is silent from the start is dropped', async () => {
    const { duplex, clock, accepted } = createPeerServed();
    duplex();
    clock.advance(PEER_LIMITS.idlePingMs + PEER_LIMITS.deadMs - 1);
    await quiet();
    expect(accepted[0]?.destroyed).toBe(false);
    clock.advance(1);
    await settled(() => accepted[0]?.destroyed === true, 'the end');
  });

  it('one that answers no ping while it has a stream is gone 8 s after its last sign, at most', async () => {
    const { session, clock, asked } = createPeerServed();
    const http = session();
    openRelay(http);
    await settled(() => asked.length === 1, 'the relay');
    for (let count = 0; count < 30; count += 1) {
      clock.advance(1_000);
      await quiet(10);
    }
    expect(asked[0]?.isDropped).toBe(false);
    // Without a turn of the event loop no pong can come.
    clock.advance(PEER_LIMITS.pingMs + PEER_LIMITS.deadMs);
    await settled(() => asked[0]?.isDropped === true, 'the loss');
  });

  it('hears every 10 s that it is not forgotten, until the first event', async () => {
    const { session, clock, asked } = createPeerServed();
    const http = session();
    const stream = openRelay(http);
    let text = '';
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    await settled(() => asked.length === 1, 'the relay');
    await pass(clock, 25_000);
    expect(text).toBe(': working\n\n'.repeat(2));
    asked[0]?.reply.refuse({ code: 'queue-full', retryElsewhere: true });
    await settled(() => stream.closed, 'the end');
    expect(text).toContain(`data: ${JSON.stringify({ type: 'refusal', refusal: QUEUE_FULL })}\n\n`);
    http.destroy();
  });
});
