/** What a caller believes of a peer that answers wrongly, slowly, or not at all; real HTTP/2, the test’s own clock. */
import { constants, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PEER_CREDITS, PEER_LIMITS } from '../../../electron/edge/limits.ts';
import type { FromEdge } from '../../../electron/edge/messages.ts';
import { cardSchema } from '../../../electron/protocol/wire-peer.ts';
import { relayEventSchema } from '../../../electron/protocol/wire-relay.ts';
import type { ManualClock } from '../../fakes/manual-clock.ts';
import { beginEvents, createPeerCalled, eventFrame } from '../../fakes/peer-called.ts';
import { CARD, chunk, RECEIPT } from '../../fakes/peer-values.ts';
import { quiet, settled } from '../../fakes/settle.ts';

const RECEIPT_WIRE = z.encode(relayEventSchema, RECEIPT);
const CARD_TEXT = JSON.stringify(z.encode(cardSchema, CARD));
const REFUSAL = { code: 'insolvent', retryElsewhere: false };

const eventsOf = (message: FromEdge) =>
  message.type === 'call-events' ? message.streams.flatMap(({ events }) => events) : [];

const isEnd = (message: FromEdge) =>
  message.type === 'call-end' ||
  (message.type === 'call-events' && message.streams.some(({ isLast }) => isLast === true));

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 1_000) {
    clock.advance(Math.min(1_000, leftMs));
    await quiet(10);
  }
}

/** What the caller's main hears of one relay that is answered so. */
async function relayedAs(answer: (stream: ServerHttp2Stream) => void) {
  const parts = createPeerCalled(answer);
  parts.call('relay', '{}');
  const isOver = (message: FromEdge) =>
    isEnd(message) || message.type === 'call-failed' || message.type === 'call-answer';
  await settled(() => parts.heard.some(isOver), 'the end of the call');
  return parts.heard;
}

const written = (text: string) => (stream: ServerHttp2Stream) => {
  beginEvents(stream);
  stream.end(text);
};
const whole = (status: number, text: string) => (stream: ServerHttp2Stream) => {
  stream.respond({ ':status': status, 'content-type': 'application/json' });
  stream.end(text);
};

describe('a peer that keeps the rules', () => {
  it('is heard event by event, and comments are not', async () => {
    const text = `: working\n\n${eventFrame(chunk(0))}${eventFrame(chunk(1))}`;
    const heard = await relayedAs(written(text + eventFrame(RECEIPT_WIRE)));
    expect(heard).toEqual([
      {
        type: 'call-events',
        streams: [{ id: 1, events: [chunk(0), chunk(1), RECEIPT], isLast: true }],
      },
    ]);
  });

  it('may refuse, at once or as the only event', async () => {
    const body = { code: 'insolvent', retryElsewhere: false };
    expect(await relayedAs(whole(402, JSON.stringify(REFUSAL)))).toEqual([
      { type: 'call-answer', id: 1, answer: { kind: 'refusal', body } },
    ]);
    const event = { type: 'refusal', refusal: REFUSAL };
    expect(await relayedAs(written(eventFrame(event)))).toEqual([
      { type: 'call-events', streams: [{ id: 1, events: [event], isLast: true }] },
    ]);
  });

  it('is called over one warm session, dialled once', async () => {
    const { call, heard, state } = createPeerCalled(whole(200, CARD_TEXT));
    for (let count = 0; count < 5; count += 1) call('card', null);
    await settled(() => heard.length === 5, 'five cards');
    expect(heard[4]).toEqual({ type: 'call-answer', id: 5, answer: { kind: 'card', body: CARD } });
    expect(state).toEqual({ dials: 1, streams: 5 });
  });
});

describe('a peer that breaks them', () => {
  const bigText = 'x'.repeat(60 * 1024);
  const tooLong = Array.from({ length: 80 }, (_value, number) =>
    eventFrame(chunk(number, bigText)),
  );

  it.each([
    ['numbers chunks wrongly', written(eventFrame(chunk(1)))],
    ['says a chunk twice', written(eventFrame(chunk(0)) + eventFrame(chunk(0)))],
    ['goes on after its receipt', written(eventFrame(RECEIPT_WIRE) + eventFrame(chunk(0)))],
    [
      'refuses too late',
      written(eventFrame(chunk(0)) + eventFrame({ type: 'refusal', refusal: REFUSAL })),
    ],
    ['sends no JSON', written('data: {"type":\n\n')],
    ['sends what is no event', written('event: x\ndata: {}\n\n')],
    ['sends a field too many', written(eventFrame({ ...chunk(0), extra: 1 }))],
    ['sends a chunk without a measure', written(eventFrame(chunk(0, 'x'.repeat(65 * 1024))))],
    ['sends an event without an end', written('x'.repeat(PEER_LIMITS.maxEventBytes + 1))],
    [
      'sends bytes that are no text',
      (stream: ServerHttp2Stream) => {
        beginEvents(stream);
        stream.end(Buffer.from([0xff, 0xfe, 10, 10]));
      },
    ],
    ['sends an answer where events belong', whole(200, '{}')],
    ['refuses for a reason of its own', whole(402, '{"code":"mood","retryElsewhere":true}')],
    ['sends an endless refusal', whole(500, 'x'.repeat(PEER_LIMITS.maxAnswerBytes + 1))],
    [
      'counts in floats',
      written(
        eventFrame({
          ...RECEIPT_WIRE,
          signed: { ...z.encode(relayEventSchema, RECEIPT), receipt: 1.5 },
        }),
      ),
    ],
  ])('and %s is told apart, and its stream ended', async (_name, answer) => {
    const heard = await relayedAs(answer);
    expect(heard.at(-1)).toMatchObject({
      type: 'call-failed',
      failure: { code: 'peer-broke-rules' },
    });
  });

  it('cannot send more than 4 MiB, however well-formed', async () => {
    const { call, heard, outgoing } = createPeerCalled((stream) => {
      beginEvents(stream);
      for (const frame of tooLong) stream.write(frame);
    });
    const id = call('relay', '{}');
    let taken = 0;
    const events = () => heard.flatMap(eventsOf);
    await settled(() => {
      const fresh = events().length - taken;
      taken += fresh;
      if (fresh > 0) outgoing.receive({ type: 'call-taken', id, count: fresh });
      return heard.at(-1)?.type === 'call-failed';
    }, 'the end');
    expect(heard.at(-1)).toMatchObject({ failure: { code: 'peer-broke-rules' } });
    expect(taken).toBeLessThan(72);
  });

  it.each([
    [
      'ends without a receipt',
      (stream: ServerHttp2Stream) => {
        beginEvents(stream);
        stream.end(eventFrame(chunk(0)));
      },
    ],
    [
      'resets the stream',
      (stream: ServerHttp2Stream) => {
        beginEvents(stream);
        stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      },
    ],
    [
      'ends the session',
      (stream: ServerHttp2Stream) => {
        stream.session?.destroy();
      },
    ],
  ])('and one that %s is lost', async (_name, answer) => {
    const heard = await relayedAs(answer);
    expect(heard.at(-1)).toMatchObject({
      type: 'call-failed',
      failure: { code: 'peer-unreachable' },
    });
  });
});

describe('time', () => {
  it.each([
    ['60 s without a first event', PEER_LIMITS.firstTokenMs, ': working\n\n'],
    ['30 s without the next', PEER_LIMITS.gapMs, eventFrame(chunk(0))],
  ])('%s is too long', async (_name, ms, text) => {
    const { call, heard, clock, state } = createPeerCalled((stream) => {
      beginEvents(stream);
      stream.write(text);
    });
    call('relay', '{}');
    await settled(() => state.streams === 1, 'the call');
    await quiet();
    await pass(clock, ms - 1);
    expect(heard.some(({ type }) => type === 'call-failed')).toBe(false);
    clock.advance(1);
    await settled(() => heard.at(-1)?.type === 'call-failed', 'the failure');
    expect(heard.at(-1)).toMatchObject({ failure: { code: 'peer-unreachable' } });
  });

  it('a reader that uses nothing stops the peer, at no charge to the peer’s time', async () => {
    let sent = 0;
    const { call, heard, clock, outgoing } = createPeerCalled((stream) => {
      beginEvents(stream);
      const write = (): void => {
        while (sent < 2_000 && !stream.destroyed) {
          sent += 1;
          if (!stream.write(eventFrame(chunk(sent - 1, 'x'.repeat(1_000))))) break;
        }
        if (sent === 2_000) stream.end(eventFrame(RECEIPT_WIRE));
      };
      stream.on('drain', write);
      write();
    });
    const id = call('relay', '{}');
    const events = () => heard.flatMap(eventsOf);
    await settled(() => events().length > 0, 'the first events');
    await quiet(300);
    const before = events().length;
    expect(before).toBeLessThan(2 * PEER_CREDITS.maxEvents);
    // A window, what the stream itself keeps, and no more.
    expect(sent * 1_000).toBeLessThan(PEER_LIMITS.streamWindowBytes + 64 * 1024);
    await pass(clock, 2 * PEER_LIMITS.gapMs);
    expect(events()).toHaveLength(before);
    let taken = 0;
    await settled(() => {
      const fresh = events().length - taken;
      taken += fresh;
      if (fresh > 0) outgoing.receive({ type: 'call-taken', id, count: fresh });
      return heard.some(isEnd);
    }, 'the end');
    expect(events()).toHaveLength(2_001);
  });

  it('a call that is dropped is reset at the peer, and nothing more is heard of it', async () => {
    let code: number | null = null;
    const { call, heard, outgoing, state } = createPeerCalled((stream) => {
      beginEvents(stream);
      stream.once('close', () => {
        code = stream.rstCode;
      });
    });
    const id = call('relay', '{}');
    await settled(() => state.streams === 1, 'the call');
    outgoing.receive({ type: 'call-drop', id });
    await settled(() => code !== null, 'the reset');
    expect(code).toBe(constants.NGHTTP2_CANCEL);
    expect(heard).toEqual([]);
  });

  it('a session that is not used for 5 minutes is closed, and the next call opens another', async () => {
    const { call, heard, clock, state } = createPeerCalled(whole(200, CARD_TEXT));
    call('card', null);
    await settled(() => heard.length === 1, 'a card');
    await pass(clock, PEER_LIMITS.warmMs + 1_000);
    call('card', null);
    await settled(() => heard.length === 2, 'another');
    expect(state.dials).toBe(2);
  });
});
