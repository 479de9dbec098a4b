/** Two nodes and the real model: a follow-up on a kept conversation pays for new tokens only, or is given its money back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEventQueue, type EventQueue } from '../../fakes/event-queue.ts';
import { loadModel, type LoadedModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend, type LlamaBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { createScheduler, type Scheduler } from '../../../electron/engine/scheduler.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import {
  DEFAULT_SAMPLING,
  type ChatTurn,
  type GenerateEvent,
} from '../../../electron/protocol/generate.ts';
import { cuOf, DEFAULT_WEIGHTS } from '../../../electron/protocol/cu.ts';
import type { Receipt } from '../../../electron/protocol/receipt.ts';
import type { TopLogprobs } from '../../../electron/protocol/relay-hash.ts';
import type { Offer } from '../../../electron/relay/application.ts';
import type { RelayEngine, RelayQuestion } from '../../../electron/relay/ports.ts';
import { servedModel, startRelayNet, type RelayNet } from '../../fakes/relay-net.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const CONTEXT = 3_072;
const HOLD_SECONDS = 120;
const MAX_TOKENS = 24;
/** The owner's own place, and one for relays: a second conversation takes it from the first. */
const SEQUENCES = 2;

let backend: LlamaBackend;
let model: LoadedModel;
let scheduler: Scheduler;
let net: RelayNet;
let offer: Offer;
let evaluated = 0;

beforeAll(async () => {
  backend = await openBackend('cpu', () => undefined);
  const options = {
    modelPath: STARTER_PATH,
    backend: 'cpu',
    threads: 1,
    tuneThreads: false,
    sequences: SEQUENCES,
    contextTokens: CONTEXT,
  } as const;
  model = await loadModel(backend, options, {
    onProgress: () => undefined,
    onBatch(_sequences, tokens) {
      evaluated += tokens;
    },
  });
  scheduler = createScheduler(
    model.context,
    { clock: systemClock, drawSeed: () => 1, onBroken: () => undefined },
    { prefillTokens: model.prefillTokens, waiting: 16, together: false, stepMs: 60_000 },
  );
  net = await startRelayNet(engineOf(scheduler), servedModel({ contextTokens: CONTEXT }));
  offer = await net.asking.offer();
}, 60_000);
afterAll(async () => {
  await net.dispose();
  await scheduler.dispose();
  await model.dispose();
  await backend.dispose();
});
beforeEach(() => {
  evaluated = 0;
});

/** As the node has it, with nobody who needs the computer. */
function engineOf({ submit }: Scheduler): RelayEngine {
  return {
    async *generate({ ggufSha256: _file, ...request }, signal) {
      const events: EventQueue<GenerateEvent> = createEventQueue();
      const submitted = submit(
        { ...request, relay: { duty: 1 }, isReplayable: true },
        { onEvent: events.push, onError: events.fail },
      );
      signal.addEventListener('abort', () => submitted.cancel());
      for (;;) {
        const event = await events.next();
        yield event;
        if (event.type === 'end') return;
      }
    },
  };
}

interface Answer {
  readonly text: string;
  readonly receipt: Receipt;
  readonly logprobs: readonly TopLogprobs[];
  /** Tokens that the engine had to read or write for it. */
  readonly evaluated: number;
}

async function ask(turns: readonly ChatTurn[], over: Partial<RelayQuestion>): Promise<Answer> {
  const sampling = { ...DEFAULT_SAMPLING, temperature: 0 };
  const question = { turns, sampling, maxTokens: MAX_TOKENS, stop: [], ...over };
  const before = evaluated;
  let text = '';
  const logprobs: TopLogprobs[] = [];
  for await (const event of net.asking.ask(offer, question, new AbortController().signal)) {
    if (event.type === 'tokens') {
      text += event.text;
      logprobs.push(...(event.logprobs ?? []));
    }
    if (event.type !== 'end') continue;
    if (event.signed === null) throw new Error('no receipt came');
    expect(event.checks.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    return { text, receipt: event.signed.receipt, logprobs, evaluated: evaluated - before };
  }
  throw new Error('the answer did not end');
}

const user = (text: string): ChatTurn => ({ role: 'user', text });
const story = (who: string): ChatTurn => user(`${who} counted the ships in the bay. `.repeat(120));

const followUp = (first: ChatTurn, { text }: Answer): readonly ChatTurn[] => [
  first,
  { role: 'assistant', text },
  user('And how many were there in the end?'),
];

/** What it would have cost without anybody having kept anything. */
function plainCu({ promptTokens, outputTokens }: Receipt): bigint {
  const nothing = { cachedTokens: 0, heldTokenSeconds: 0n };
  return cuOf(DEFAULT_WEIGHTS, { promptTokens, outputTokens, ...nothing });
}

function expectAgreement(): void {
  const [served] = net.server.market.totals.sessions('supplier', 0);
  const [paid] = net.asker.market.totals.sessions('application', 0);
  expect(paid?.charged).toBe(served?.charged);
  expect(paid?.settledCu).toBe(served?.settledCu);
  expect(paid?.receipts).toBe(served?.receipts);
}

describe('a conversation that was paid to be kept', () => {
  it('is found by the follow-up, which pays for new tokens only', async () => {
    const first = story('The keeper');
    const bought = await ask([first], { holdSeconds: HOLD_SECONDS, topLogprobs: 3 });
    const kept = bought.receipt.promptTokens + bought.receipt.outputTokens;
    expect(kept).toBeGreaterThan(1_000);
    expect(bought.receipt.heldTokenSeconds).toBe(BigInt(kept * HOLD_SECONDS));
    expect(bought.logprobs).toHaveLength(bought.receipt.outputTokens);
    expect(bought.logprobs.every(({ ids }) => ids.length === 3)).toBe(true);

    const { receipt, evaluated: read } = await ask(followUp(first, bought), {});
    expect(receipt.heldTokens).toBeGreaterThanOrEqual(bought.receipt.promptTokens - 2);
    expect(receipt.cachedTokens).toBe(receipt.heldTokens);
    const fresh = receipt.promptTokens - receipt.heldTokens;
    expect(fresh).toBeLessThan(100);
    expect(read).toBeLessThanOrEqual(fresh + receipt.outputTokens + 1);
    const given = BigInt((kept - receipt.heldTokens) * HOLD_SECONDS);
    expect(receipt.refundTokenSeconds + receipt.owedTokenSeconds).toBe(given);
    expect(receipt.cu * 5n).toBeLessThan(plainCu(receipt));
    expectAgreement();
  });

  it('is given back when another one needed its place', async () => {
    const first = story('The pilot');
    const bought = await ask([first], { holdSeconds: HOLD_SECONDS });
    const kept = bought.receipt.promptTokens + bought.receipt.outputTokens;
    await ask([story('Nobody else')], {});

    const { receipt } = await ask(followUp(first, bought), {});
    expect(receipt.heldTokens).toBeLessThan(50);
    const given = BigInt((kept - receipt.heldTokens) * HOLD_SECONDS);
    expect(receipt.refundTokenSeconds).toBe(given);
    const less = plainCu(receipt) - receipt.cu;
    expect(less).toBeGreaterThanOrEqual(given / 1_000n);
    expectAgreement();
  });
});
