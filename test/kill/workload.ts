/** What both nodes do until one dies: ask each other, change their minds, collect what they earned. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../electron/platform/app-error.ts';
import type { ErrorCode } from '../../electron/ipc/error-codes.ts';
import type { ChatTurn } from '../../electron/protocol/generate.ts';
import { LIFE_FILES, type LifePlan } from './life-plan.ts';
import type { Nodes, Side } from './nodes.ts';
import { requestOf } from './scripted-engine.ts';

const RELAYS_AT_ONCE = 3;
const MAX_TOKENS = 12;
/** Longer than a life. */
const HOLD_SECONDS = 300;

/** The last one that each side had. */
type Conversations = Map<Side, readonly ChatTurn[]>;

/** What may go wrong when a link loses things and a chain or a signer dies; anything else is a fault of Lull's. */
const EXPECTED: readonly ErrorCode[] = [
  'peer-unreachable',
  'network-unavailable',
  'relay-refused',
  'chain-unreachable',
  'signer-unavailable',
];

/** @throws whatever no dying process explains */
export async function work(nodes: Nodes, plan: LifePlan, choose: (count: number) => number) {
  const conversations: Conversations = new Map();
  for (let group = 0; group < plan.groups; group += 1) {
    const asked = Array.from({ length: RELAYS_AT_ONCE }, (_, index) => {
      const side = nodes.sides[choose(3) === 0 ? 1 : 0];
      const id = `${plan.seed}-${group}-${index}`;
      return unlessExpected(() => ask(side, plan, id, choose, conversations));
    });
    await Promise.all(asked);
    for (const { market } of nodes.sides) {
      const { failures } = await market.redeemer.collect();
      for (const failure of failures) await unlessExpected(() => Promise.reject(failure));
    }
  }
}

async function ask(
  side: Side,
  { folder }: LifePlan,
  id: string,
  choose: (count: number) => number,
  conversations: Conversations,
): Promise<void> {
  const { asking } = side;
  const tokens = 2 + choose(MAX_TOKENS);
  const cancelAfter = choose(3) === 0 ? choose(tokens) : null;
  const end = choose(8) === 0 ? 'crash' : 'stop';
  const before = choose(4) === 0 ? [] : (conversations.get(side) ?? []);
  const holdSeconds = choose(4) === 0 ? 0 : HOLD_SECONDS;
  const question = requestOf({ id, tokens, cached: choose(40), end, holdSeconds }, before);
  const cancelled = new AbortController();
  const offer = await asking.offer();
  let came = 0;
  let text = '';
  for await (const event of asking.ask(offer, question, cancelled.signal)) {
    if (event.type === 'tokens') {
      came += event.tokenIds.length;
      text += event.text;
    }
    if (cancelAfter !== null && came >= cancelAfter) cancelled.abort();
    if (event.type !== 'end' || event.signed === null) continue;
    conversations.set(side, [...question.turns, { role: 'assistant', text }]);
    appendFileSync(path.join(folder, LIFE_FILES.delivered), `${event.signed.receipt.ref}\n`);
  }
}

async function unlessExpected(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AppError && EXPECTED.includes(error.code))) throw error;
  }
}
