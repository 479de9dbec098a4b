import { describe, expect, it } from 'vitest';
import type { AnswerEvent } from '../../../electron/chat/ports.ts';
import type { Practice } from '../../../electron/app/compose-practice.ts';
import { createNetworkAnswerer } from '../../../electron/app/network-answerer.ts';
import type { Asking } from '../../../electron/app/practice-ask.ts';
import { DEFAULT_WEIGHTS } from '../../../electron/protocol/cu.ts';
import type { Offer } from '../../../electron/relay/application.ts';
import type { AskEvent } from '../../../electron/relay/relay-stream.ts';

const word = `0x${'1'.repeat(64)}` as const;
const address = `0x${'2'.repeat(40)}` as const;

function offerAt(price: bigint): Offer {
  const session = {
    ...{ chainId: 1n, hub: address, application: address, service: word },
    ...{ epoch: 1, draw: 0, supplier: address, price },
  };
  const model = {
    ...{ name: 'Model', ggufSha256: word, source: address, weights: DEFAULT_WEIGHTS },
    ...{ price, profile: word, contextTokens: 100 },
  };
  return { id: word, session, model, peerKey: word, allowance: 10n };
}

function setUp() {
  const state = { price: 5n, asked: 0 };
  const asking: Asking = {
    prepare: () => Promise.resolve(),
    offer: () => Promise.resolve(offerAt(state.price)),
    priceOf: () => ({ most: 9n, typical: 3n, maxTokens: 7 }),
    async *ask(): AsyncGenerator<AskEvent> {
      state.asked += 1;
      await Promise.resolve();
      const timings = { firstTextMs: null, totalMs: 1 };
      const end = { reason: 'stop', signed: null, checks: [], charged: 4n, tokens: 2 } as const;
      yield { type: 'sent', ref: word, maxCharge: 9n, seed: 1 };
      yield { type: 'end', ...end, timings };
    },
  };
  const practice: Practice = {
    asking: () => Promise.resolve(asking),
    neighbourAsking: () => Promise.resolve(asking),
    open: () => Promise.reject(new Error('not needed')),
    neighbour: () => Promise.reject(new Error('not needed')),
    hold: () => () => undefined,
    dispose: () => Promise.resolve(),
  };
  const network = createNetworkAnswerer(practice);
  const ask = async () => {
    const events: AnswerEvent[] = [];
    const { signal } = new AbortController();
    for await (const event of network.answer([{ role: 'user', text: 'Hi' }], signal)) {
      events.push(event);
    }
    return events;
  };
  return { state, network, ask };
}

describe('a question over the network', () => {
  it('ends with who served it and what it cost', async () => {
    const { network, ask } = setUp();
    expect(await network.price([])).toMatchObject({ most: 9n, perMillionCu: 5n });
    expect((await ask()).at(-1)).toMatchObject({
      type: 'end',
      served: { supplier: address, ref: word, most: 9n, charged: 4n },
    });
  });

  it('is not sent at a price above the one that was shown, and is once that one was seen', async () => {
    const { state, network, ask } = setUp();
    await network.price([]);
    state.price = 6n;
    await expect(ask()).rejects.toMatchObject({ code: 'relay-refused' });
    await expect(ask()).rejects.toMatchObject({ code: 'relay-refused' });
    expect(state.asked).toBe(0);
    await network.price([]);
    await ask();
    expect(state.asked).toBe(1);
  });

  it('may become cheaper', async () => {
    const { state, network, ask } = setUp();
    await network.price([]);
    state.price = 4n;
    await ask();
    expect(state.asked).toBe(1);
  });
});
