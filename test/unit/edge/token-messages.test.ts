/** What is read by hand is what the schemas would have read, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEdgeSchema, toEdgeSchema } from '../../../electron/edge/messages.ts';
import {
  readCallEvents,
  readChunk,
  readPeerEvents,
} from '../../../electron/edge/token-messages.ts';
import { relayEventSchema } from '../../../electron/protocol/wire-relay.ts';

const CHUNK = { type: 'chunk', number: 3, text: ' once', tokenIds: [1, 2 ** 32 - 1] };

const odd = fc.oneof(
  fc.constantFrom(-1, -0, 0.5, 2 ** 32, 2 ** 53, NaN, Infinity, '1', null, undefined, true, {}, []),
  fc.anything(),
);
const chunk = fc.record({
  type: fc.constant('chunk'),
  number: fc.nat(),
  text: fc.string(),
  tokenIds: fc.array(fc.nat()),
});

/** The same value with one thing in it that may be anything, or one thing too many or too few. */
function spoilt<Value extends object>(good: fc.Arbitrary<Value>): fc.Arbitrary<unknown> {
  const key = fc.oneof(
    good.map((value) => Object.keys(value)[0] ?? ''),
    fc.constantFrom('number', 'text', 'tokenIds', 'type', 'id', 'events', 'streams', 'logprobs'),
    fc.constantFrom('__proto__', 'toString'),
  );
  return fc.oneof(
    good,
    fc.tuple(good, key, odd).map(([value, name, what]) =>
      Object.defineProperty({ ...value }, name, {
        value: what,
        enumerable: true,
        configurable: true,
        writable: true,
      }),
    ),
    fc.tuple(good, key).map(([value, name]) => {
      const rest = Object.entries(value).filter(([each]) => each !== name);
      return Object.fromEntries(rest);
    }),
  );
}

const events = (item: fc.Arbitrary<unknown>) =>
  spoilt(fc.record({ id: fc.integer({ min: 1 }), events: fc.array(item, { maxLength: 3 }) }));
const streams = (type: string, item: fc.Arbitrary<unknown>) =>
  spoilt(fc.record({ type: fc.constant(type), streams: fc.array(events(item), { maxLength: 3 }) }));

describe('reading by hand', () => {
  it('takes what comes with every few tokens', () => {
    expect(readChunk(CHUNK)).toEqual(CHUNK);
    const call = { type: 'call-events', streams: [{ id: 1, events: [CHUNK, CHUNK] }] };
    expect(readCallEvents(call)).toEqual(call);
    const peer = { type: 'peer-events', streams: [{ id: 1, events: ['{}'] }] };
    expect(readPeerEvents(peer)).toEqual(peer);
  });

  it('leaves what is long, and what is rare, to the schemas', () => {
    expect(readChunk({ ...CHUNK, text: 'x'.repeat(4_097) })).toBeNull();
    expect(readChunk({ ...CHUNK, tokenIds: Array<number>(1_025).fill(1) })).toBeNull();
    expect(readChunk({ ...CHUNK, logprobs: [] })).toBeNull();
    const many = Array.from({ length: 65 }, () => CHUNK);
    expect(readCallEvents({ type: 'call-events', streams: [{ id: 1, events: many }] })).toBeNull();
  });

  it('sees a gap in a list', () => {
    const gap: unknown[] = [];
    gap[1] = 2;
    expect(readChunk({ ...CHUNK, tokenIds: gap })).toBeNull();
    expect(readCallEvents({ type: 'call-events', streams: [{ id: 1, events: gap }] })).toBeNull();
  });

  it('takes only what the schemas take, as they take it', () => {
    const readers = [
      { read: readChunk, schema: relayEventSchema, value: spoilt(chunk) },
      {
        read: readCallEvents,
        schema: fromEdgeSchema,
        value: streams('call-events', spoilt(chunk)),
      },
      {
        read: readPeerEvents,
        schema: toEdgeSchema,
        value: streams('peer-events', fc.oneof(fc.string(), odd)),
      },
    ];
    for (const { read, schema, value } of readers) {
      let taken = 0;
      fc.assert(
        fc.property(value, (each) => {
          const mine = read(each);
          if (mine === null) return;
          taken += 1;
          expect(schema.parse(each)).toEqual(mine);
        }),
        { numRuns: 1_000 },
      );
      expect(taken).toBeGreaterThan(0);
    }
  });
});
