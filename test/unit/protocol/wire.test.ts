/** What travels comes back as it was, and nothing else comes through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createResponseHasher } from '../../../electron/protocol/relay-hash.ts';
import { cardSchema, resyncAnswerSchema } from '../../../electron/protocol/wire-peer.ts';
import {
  fromRelayBody,
  holdTermsOf,
  NO_HOLD,
  parseRelayBody,
  relayEventSchema,
  relayRequestSchema,
  sessionSchema,
  signedReceiptSchema,
  toRelayBody,
} from '../../../electron/protocol/wire-relay.ts';
import { uint64Schema, uint96Schema } from '../../../electron/protocol/wire-values.ts';
import { hexOf, receipt, session, uint, uint32, word } from '../../fakes/arbitrary-protocol.ts';
import { CARD } from '../../fakes/relay-terms.ts';

const signature = hexOf(64);

/** To the wire, through JSON, and back. */
function roundTrip<Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>): unknown {
  return z.decode(schema, JSON.parse(JSON.stringify(z.encode(schema, value))) as z.input<Schema>);
}

describe('what travels', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(
        session,
        receipt,
        signature,
        uint(96),
        uint(64),
        word,
        (terms, value, seal, sum, max, salt) => {
          const signed = { receipt: value, signature: seal };
          expect(roundTrip(sessionSchema, terms)).toEqual(terms);
          expect(roundTrip(signedReceiptSchema, signed)).toEqual(signed);
          const request = {
            session: terms,
            voucher: { cumulative: sum, signature: seal },
            salt,
            seedNonce: salt,
            maxCu: max,
            deadlineMs: max,
            topLogprobs: 0,
            body: '{}',
          };
          expect(roundTrip(relayRequestSchema, request)).toEqual(request);
          const answer = {
            bestCumulative: sum,
            lastReceipt: signed,
            refs: [
              { ref: salt, state: 'settled' as const, signed },
              { ref: salt, state: 'void' as const },
            ],
          };
          expect(roundTrip(resyncAnswerSchema, answer)).toEqual(answer);
        },
      ),
    );
    expect(roundTrip(cardSchema, CARD)).toEqual(CARD);
  });

  it('is refused when it does not fit', () => {
    const good = z.encode(cardSchema, CARD);
    expect(z.safeDecode(cardSchema, good).success).toBe(true);
    expect(z.safeParse(cardSchema, { ...good, more: 1 }).success).toBe(false);
    expect(z.safeParse(cardSchema, { ...good, hub: good.hub.toUpperCase() }).success).toBe(false);
    expect(z.safeParse(cardSchema, { ...good, freeSlots: -1 }).success).toBe(false);
    expect(z.safeParse(relayEventSchema, { type: 'chunk', number: 0, text: '' }).success).toBe(
      false,
    );
  });

  it('has one number for each in logprobs, in four bytes: two streams never share a hash', () => {
    const chunk = (ids: readonly number[], milliNats: readonly number[]) =>
      relayEventSchema.safeParse({
        type: 'chunk',
        number: 0,
        text: 'a',
        tokenIds: [1],
        logprobs: [{ ids, milliNats }],
      }).success;
    expect(chunk([1, 2], [-1, -(2 ** 31)])).toBe(true);
    expect(chunk([1, 2], [-1])).toBe(false);
    expect(chunk([1], [-1, 1])).toBe(false);
    expect(chunk([2 ** 32], [-1])).toBe(false);
    expect(chunk([1], [-(2 ** 31) - 1])).toBe(false);
  });

  it('has whole numbers in one form only', () => {
    for (const text of ['', '-1', '+1', '01', '1.0', '1e3', ' 1', '0x1', '١', '9'.repeat(30)]) {
      expect(z.safeDecode(uint96Schema, text).success).toBe(false);
    }
    expect(z.decode(uint96Schema, (2n ** 96n - 1n).toString())).toBe(2n ** 96n - 1n);
    expect(z.safeDecode(uint96Schema, (2n ** 96n).toString()).success).toBe(false);
    expect(z.safeDecode(uint64Schema, (2n ** 64n).toString()).success).toBe(false);
  });
});

describe('a body', () => {
  it('says what was asked, in the words of the OpenAI API', () => {
    fc.assert(
      fc.property(
        fc.string(),
        uint32,
        fc.integer({ min: 1, max: 1_000_000 }),
        (text, seed, maxTokens) => {
          const request = {
            turns: [{ role: 'user' as const, text }],
            sampling: { ...DEFAULT_SAMPLING, seed },
            maxTokens,
            stop: ['.'],
          };
          const body = parseRelayBody(JSON.stringify(toRelayBody(request)));
          expect(body === null ? null : fromRelayBody(body, seed)).toEqual(request);
        },
      ),
    );
  });

  it('says whether it can wait, what is to be kept, and what was', () => {
    const request = {
      turns: [{ role: 'user' as const, text: 'hi' }],
      sampling: { ...DEFAULT_SAMPLING, seed: 1 },
      maxTokens: 8,
      stop: [],
      priority: 'can-wait' as const,
    };
    const hold = { holdSeconds: 600, follows: CARD.services[0]?.ggufSha256 ?? null };
    const body = parseRelayBody(JSON.stringify(toRelayBody(request, hold)));
    if (body === null) throw new Error('it is not readable');
    expect(holdTermsOf(body)).toEqual(hold);
    expect(fromRelayBody(body, 1)).toEqual(request);
    const plain = toRelayBody({ ...request, priority: 'interactive' });
    expect(holdTermsOf(plain)).toEqual(NO_HOLD);
    expect(Object.keys(plain).filter((name) => /hold|follows|wait/.test(name))).toEqual([]);
    for (const wrong of [{ hold_seconds: 601 }, { hold_seconds: -1 }, { hold_seconds: 0.5 }]) {
      expect(parseRelayBody(JSON.stringify({ ...body, ...wrong }))).toBeNull();
    }
    expect(parseRelayBody(JSON.stringify({ ...body, follows: '0x12' }))).toBeNull();
  });

  it('that is none is null', () => {
    for (const text of ['', '{', 'null', '[]', '{}', '{"messages":[]}']) {
      expect(parseRelayBody(text)).toBeNull();
    }
  });
});

describe('the hash of an answer', () => {
  const hashOf = (parts: readonly string[], tokenIds: readonly number[]) => {
    const hasher = createResponseHasher();
    for (const text of parts) hasher.add({ text, tokenIds: [] });
    hasher.add({ text: '', tokenIds });
    return hasher.finish();
  };

  it('is the same however the text is cut, in the middle of a character too', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(uint32, { maxLength: 4 }),
        fc.nat(40),
        (text, ids, at) => {
          expect(hashOf([text.slice(0, at), text.slice(at)], ids)).toBe(hashOf([text], ids));
          expect(hashOf(text.split(''), ids)).toBe(hashOf([text], ids));
        },
      ),
    );
  });

  it('tells texts and tokens apart', () => {
    expect(hashOf(['ab'], [1])).not.toBe(hashOf(['ac'], [1]));
    expect(hashOf(['ab'], [1])).not.toBe(hashOf(['ab'], [2]));
    expect(hashOf(['ab'], [1])).not.toBe(hashOf(['ab'], [1, 0]));
    expect(hashOf(['a\ud83d'], [])).not.toBe(hashOf(['a'], []));
  });
});
