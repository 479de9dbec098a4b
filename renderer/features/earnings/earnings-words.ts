/** What is going on with earning, in one sentence, and a relay as a line in a list. */
import type { Asset, Earnings, Network, RelayLine } from '../../../electron/ipc/network.ts';
import { formatFlow } from '../../format/amounts.ts';
import { formatRate } from '../../format/numbers.ts';
import { countOf } from '../../format/receipt-words.ts';
import { formatDateTime, formatWhen } from '../../format/times.ts';
import { plainly } from '../../store/use-write.ts';

/** Under the big number. `waiting` is what the chain has not paid yet. */
export function earningSentence(
  network: Network,
  earnings: Earnings,
  waiting: bigint,
  write = plainly(network.asset),
): string {
  const { trial, collect, relaysServed } = earnings;
  if (network.state === 'starting') return network.detail ?? 'The practice network starts.';
  if (trial.state === 'running') return 'The neighbour is asking your computer questions.';
  if (collect.state === 'running') return 'The chain is being asked to pay.';
  if (relaysServed === 0) return 'Your computer has not served a relay yet.';
  const from = `From ${countOf(relaysServed, 'relay')} that your computer served.`;
  if (waiting === 0n) return `${from} All of it is collected.`;
  return `${from} ${write.amount(waiting)} of it is not collected yet.`;
}

/** What was asked of others; null when nothing was. */
export function spentSentence(
  { relaysAsked, spent }: Earnings,
  asset: Asset,
  write = plainly(asset),
): string | null {
  if (relaysAsked === 0) return null;
  return `You asked ${countOf(relaysAsked, 'question')} on the network for ${write.amount(spent)}.`;
}

export interface RelayWords {
  readonly title: string;
  readonly facts: readonly string[];
  readonly fullTime: string;
  readonly amount: string;
  readonly state: string;
  readonly isSettled: boolean;
}

export function relayWords(line: RelayLine, asset: Asset, nowMs: number): RelayWords {
  const { role, atMs, modelName, outputTokens, tokensPerSecond, charged } = line;
  const isServed = role === 'supplier';
  return {
    title: `${isServed ? 'Served' : 'Asked'} ${modelName}`,
    facts: [
      formatWhen(atMs, nowMs),
      countOf(outputTokens, 'token'),
      ...(tokensPerSecond === null ? [] : [formatRate(tokensPerSecond)]),
      ...FINISHES[line.finish],
    ],
    fullTime: formatDateTime(atMs),
    amount: formatFlow(charged, asset, isServed ? 'in' : 'out'),
    state: stateWords(line),
    isSettled: line.isRedeemed,
  };
}

const FINISHES: Readonly<Record<RelayLine['finish'], readonly string[]>> = {
  stop: [],
  length: [],
  cancelled: ['stopped'],
  deadline: ['out of time'],
  failed: ['failed'],
};

function stateWords({ role, isRedeemed }: RelayLine): string {
  if (isRedeemed) return 'Paid';
  return role === 'supplier' ? 'Not collected' : 'Promised';
}
