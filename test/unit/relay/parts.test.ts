/** The small parts of relays: handing over, asking the chain once, the price before anything is sent. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeOf, cuOf } from '../../../electron/protocol/cu.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createHandoff } from '../../../electron/relay/handoff.ts';
import type { Quote } from '../../../electron/relay/ports.ts';
import { createQuoteCache } from '../../../electron/relay/quote-cache.ts';
import { priceOf } from '../../../electron/relay/relay-price.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { MODEL, QUOTE, SESSION } from '../../fakes/relay-terms.ts';
import { settled } from '../../fakes/step-queue.ts';

const never = new AbortController().signal;

describe('a handoff', () => {
  it('makes its producer wait for its consumer', async () => {
    const handoff = createHandoff<number>(() => undefined);
    let offered = 0;
    const producing = (async () => {
      for (const item of [1, 2, 3]) {
        await handoff.offer(item, never);
        offered += 1;
      }
      handoff.end();
    })();
    await settled();
    expect(offered).toBe(0);
    const seen: number[] = [];
    for await (const item of handoff) {
      seen.push(item);
      await settled();
      expect(offered).toBe(item);
    }
    await producing;
    expect(seen).toEqual([1, 2, 3]);
  });

  it('ends the wait, not the delivery, when there is a hurry', async () => {
    const handoff = createHandoff<number>(() => undefined);
    const hurry = new AbortController();
    const offered = handoff.offer(1, hurry.signal);
    hurry.abort();
    await offered;
    await handoff.offer(2, hurry.signal);
    handoff.fail(new Error('over'));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of handoff) seen.push(item);
    })();
    await expect(reading).rejects.toThrow('over');
    expect(seen).toEqual([1, 2]);
  });

  it('tells when its consumer leaves, and takes nothing more', async () => {
    let left = 0;
    const handoff = createHandoff<number>(() => (left += 1));
    void handoff.offer(1, never);
    const waiting = handoff.offer(2, never);
    for await (const item of handoff) if (item === 1) break;
    await waiting;
    await handoff.offer(3, never);
    expect(left).toBe(1);
  });
});

describe('the quotes of the chain', () => {
  const answer = (): { asked: number; quote: () => Promise<Quote>; fails: boolean } => {
    const chain = {
      asked: 0,
      fails: false,
      async quote() {
        chain.asked += 1;
        if (chain.fails) throw new Error('no chain');
        return QUOTE;
      },
    };
    return chain;
  };

  it('are asked for once by all who wait, and kept for a minute', async () => {
    const clock = createManualClock();
    const chain = answer();
    const quotes = createQuoteCache(chain, clock, createMemoryLog());
    const both = [quotes.quote('0x01', SESSION), quotes.quote('0x01', SESSION)];
    expect(await Promise.all(both)).toEqual([QUOTE, QUOTE]);
    clock.advance(59_999);
    await quotes.quote('0x01', SESSION);
    expect(chain.asked).toBe(1);
    clock.advance(1);
    await quotes.quote('0x01', SESSION);
    expect(chain.asked).toBe(2);
  });

  it('that failed are not kept', async () => {
    const chain = answer();
    const quotes = createQuoteCache(chain, createManualClock(), createMemoryLog());
    chain.fails = true;
    expect(await quotes.quote('0x01', SESSION)).toBeNull();
    chain.fails = false;
    expect(await quotes.quote('0x01', SESSION)).toEqual(QUOTE);
  });

  it('do not grow without end', async () => {
    const hanging = createQuoteCache(
      { quote: () => new Promise(() => undefined) },
      createManualClock(),
      createMemoryLog(),
    );
    for (let asked = 0; asked < 64; asked += 1) void hanging.quote(`0x${asked}`, SESSION);
    expect(await hanging.quote('0xff', SESSION)).toBeNull();
  });
});

describe('the price', () => {
  it('is never passed by what a relay can cost', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const turns = fc.array(
      text.map((each) => ({ role: 'user' as const, text: each })),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(
        turns,
        fc.integer({ min: 1, max: 4_096 }),
        fc.bigInt(0n, 2n ** 60n),
        fc.bigInt(0n, 2n ** 40n),
        fc.nat(600),
        (asked, maxTokens, settledCu, price, holdSeconds) => {
          const request = {
            ...{ turns: asked, maxTokens, sampling: DEFAULT_SAMPLING, stop: [] },
            holdSeconds,
          };
          const bound = priceOf(request, { ...MODEL, price });
          const cu = cuOf(MODEL.weights, {
            promptTokens: bound.promptTokens,
            cachedTokens: 0,
            outputTokens: bound.maxTokens,
            heldTokenSeconds: BigInt((bound.promptTokens + bound.maxTokens) * holdSeconds),
          });
          expect(cu).toBeLessThanOrEqual(bound.maxCu);
          const charge = chargeOf(settledCu + cu, price) - chargeOf(settledCu, price);
          expect(charge).toBeLessThanOrEqual(bound.maxCharge);
          const bytes = asked.reduce((sum, turn) => sum + Buffer.byteLength(turn.text), 0);
          expect(bound.promptTokens).toBeGreaterThanOrEqual(Math.min(bytes, MODEL.contextTokens));
        },
      ),
    );
  });

  it('of an answer without a limit is that of a full context', () => {
    const request = { turns: [], maxTokens: null, sampling: DEFAULT_SAMPLING, stop: [] };
    expect(priceOf(request, MODEL).maxTokens).toBe(MODEL.contextTokens);
  });
});
