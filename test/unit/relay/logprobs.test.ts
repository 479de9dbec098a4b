/** Probabilities in relays: they reach the engine's answer, the hash, the receipt and whoever asked, or it is no answer. */
import { describe, expect, it } from 'vitest';
import type { TokenLogprob } from '../../../electron/protocol/generate.ts';
import { createResponseHasher } from '../../../electron/protocol/relay-hash.ts';
import type { PeerClient, RelayQuestion } from '../../../electron/relay/ports.ts';
import { logprobFaults, toMilliNats } from '../../../electron/relay/top-logprobs.ts';
import { collect, createRelayPair, entriesOfKind } from '../../fakes/relay-pair.ts';
import type { ScriptedGenerate } from '../../fakes/relay-pair.ts';
import * as terms from '../../fakes/relay-terms.ts';

const never = new AbortController().signal;
const TIMINGS = { queuedMs: 0, prefillMs: 0, firstTokenMs: 1, totalMs: 1 };
const QUESTION: RelayQuestion = { ...terms.question('hi', 8), topLogprobs: 2 };

function rated(id: number, count: number): TokenLogprob {
  const top = [-0.0004, -1.2346, -3].map((logprob, at) => ({ id: id + at, text: 'x', logprob }));
  return { text: 'x', logprob: -0.0004, top: top.slice(0, count) };
}

/** @param rate what the engine says about its second token */
function engineOf(rate: (count: number) => readonly TokenLogprob[] | undefined): ScriptedGenerate {
  return async function* ({ topLogprobs = 0 }) {
    const counts = { prompt: 20, cached: 0, output: 2 };
    yield { type: 'start', seed: 1, counts };
    yield { type: 'tokens', text: 'a', tokenIds: [1], logprobs: [rated(1, topLogprobs + 1)] };
    yield { type: 'tokens', text: 'b', tokenIds: [2], logprobs: rate(topLogprobs) };
    yield { type: 'end', reason: 'stop', counts, timings: TIMINGS };
  };
}

const honest = engineOf((count) => [rated(2, count)]);

describe('probabilities that are asked for', () => {
  it('come as whole thousandths, and are part of what is signed', async () => {
    const pair = createRelayPair({ generate: honest });
    const events = await collect(pair.application.ask(pair.offer(), QUESTION, never));
    const parts = events.flatMap((event) => (event.type === 'tokens' ? [event] : []));
    expect(parts.map(({ logprobs }) => logprobs)).toEqual([
      [{ ids: [1, 2], milliNats: [0, -1235] }],
      [{ ids: [2, 3], milliNats: [0, -1235] }],
    ]);
    const hasher = createResponseHasher();
    for (const part of parts) hasher.add(part);
    const end = events.at(-1);
    expect(end?.type === 'end' && end.signed?.receipt.responseHash).toBe(hasher.finish());
    expect(pair.asked[0]?.topLogprobs).toBe(2);
  });

  it('are not asked of the engine by anybody else, and not by the dozen', async () => {
    const pair = createRelayPair();
    await collect(pair.application.ask(pair.offer(), terms.question('hi', 8), never));
    expect(pair.asked[0]).not.toHaveProperty('topLogprobs');
    const many = collect(
      pair.application.ask(pair.offer(), { ...QUESTION, topLogprobs: 6 }, never),
    );
    await expect(many).rejects.toMatchObject({ code: 'bad-request' });
  });

  it.each([
    ['no', () => undefined],
    ['too few', () => []],
    ['empty', () => [rated(2, 0)]],
  ])('end an answer of an engine that gives %s, at no cost', async (_what, rate) => {
    const pair = createRelayPair({ generate: engineOf(rate) });
    const events = await collect(pair.application.ask(pair.offer(), QUESTION, never));
    expect(events.at(-1)).toMatchObject({ reason: 'failed', charged: 0n });
  });

  it.each(['taken away', 'added'])('are noticed when they were %s', async (what) => {
    const asked = what === 'added' ? terms.question('hi', 8) : QUESTION;
    const client = (way: PeerClient): PeerClient => ({
      ...way,
      async *relay(peer, request, signal) {
        for await (const event of way.relay(peer, request, signal)) {
          if (event.type !== 'chunk') yield event;
          else if (what === 'added') {
            yield { ...event, logprobs: [{ ids: [1], milliNats: [0] }] };
          } else {
            const { type, number, text, tokenIds } = event;
            yield { type, number, text, tokenIds };
          }
        }
      },
    });
    const pair = createRelayPair({ generate: honest, client });
    const asking = collect(pair.application.ask(pair.offer(), asked, never));
    await expect(asking).rejects.toMatchObject({ code: 'receipt-wrong' });
    expect(entriesOfKind(pair.applicationLedger.entries, 'relay-disputed')).toHaveLength(1);
  });
});

describe('a probability', () => {
  it('is rounded to the nearest thousandth and fits in four bytes', () => {
    const cases = [-0.0004, -0.0006, -1.2345, -1.2346, -1e9, Number.NEGATIVE_INFINITY, Number.NaN];
    const least = -(2 ** 31);
    expect(cases.map(toMilliNats)).toEqual([0, -1, -1234, -1235, least, least, least]);
    expect(toMilliNats(1e9)).toBe(2 ** 31 - 1);
  });

  it('belongs to each token, with as many others as were asked for at most', () => {
    const one = { ids: [1], milliNats: [0] };
    const two = { ids: [1, 2], milliNats: [0, -1] };
    expect(logprobFaults({ text: '', tokenIds: [1], logprobs: [two] }, 2)).toBe(0);
    expect(logprobFaults({ text: '', tokenIds: [1], logprobs: [two] }, 1)).toBe(1);
    expect(logprobFaults({ text: '', tokenIds: [1, 2], logprobs: [one] }, 2)).toBe(1);
    expect(logprobFaults({ text: '', tokenIds: [], logprobs: [one] }, 2)).toBe(1);
    expect(logprobFaults({ text: '', tokenIds: [1] }, 0)).toBe(0);
    expect(logprobFaults({ text: '', tokenIds: [1], logprobs: [one] }, 0)).toBe(2);
  });
});

describe('a question that can wait', () => {
  it('says so to the engine, and no other does', async () => {
    const pair = createRelayPair();
    const asked = terms.question('hi', 8);
    await collect(pair.application.ask(pair.offer(), { ...asked, priority: 'can-wait' }, never));
    await collect(pair.application.ask(pair.offer(), asked, never));
    expect(pair.asked.map(({ priority }) => priority)).toEqual(['can-wait', undefined]);
  });
});
