/** Receipts, checks and relays in plain words. */
import type {
  Asset,
  ReceiptCheckView,
  ReceiptView,
  RelayLine,
} from '../../electron/ipc/network.ts';
import { formatAmount } from './amounts.ts';
import { formatCount } from './numbers.ts';

/** For example `1 token`, `1,280 tokens`. */
export function countOf(count: number, one: string): string {
  return `${formatCount(count)} ${count === 1 ? one : `${one}s`}`;
}

/** What the whole receipt says, in one sentence. */
export function receiptSentence(
  { line }: ReceiptView,
  asset: Asset,
  write: (units: bigint) => string = (units) => formatAmount(units, asset),
): string {
  const tokens = countOf(line.outputTokens, 'token');
  return `${line.modelName} answered ${tokens} for ${write(line.charged)}`;
}

const FINISHES: Readonly<Record<RelayLine['finish'], string>> = {
  stop: 'The answer came to its end',
  length: 'The answer reached the longest length that was agreed',
  cancelled: 'It was stopped; only what was written is charged',
  deadline: 'Its time ran out; only what was written is charged',
  failed: 'The Supplier failed; only what was written is charged',
};

export function finishWords(finish: RelayLine['finish']): string {
  return FINISHES[finish];
}

interface CheckWords {
  /** What is true when the check passes. */
  readonly claim: string;
  /** Why there may have been nothing to compare with. */
  readonly unseen: string;
}

const CHECKS: Readonly<Record<ReceiptCheckView['name'], CheckWords>> = {
  signature: {
    claim: 'The Supplier signed it',
    unseen: 'The Supplier’s address is not known here, so there is nothing to compare with.',
  },
  session: {
    claim: 'It belongs to this session of payments',
    unseen: 'The session is not kept here any more.',
  },
  request: {
    claim: 'It is for this question',
    unseen: 'The question’s hash is not kept here.',
  },
  model: {
    claim: 'It names the model that was promised',
    unseen: 'It is not known here which model was promised.',
  },
  response: {
    claim: 'It is for the answer that arrived',
    unseen: 'The whole answer is not at hand here, so its hash cannot be compared.',
  },
  sums: {
    claim: 'Tokens, compute units and charge add up',
    unseen: 'The terms of this service are not kept here, so the sums cannot be done again.',
  },
  limit: {
    claim: 'It charges no more than was agreed',
    unseen: 'The limit that was agreed is not kept here.',
  },
  tokens: {
    claim: 'It counts the tokens that came, and no more',
    unseen: 'The whole answer is not at hand here, so its tokens cannot be counted again.',
  },
  totals: {
    claim: 'It follows from the other receipts of the session',
    unseen: 'The other receipts of the session are not at hand here.',
  },
};

export function checkWords(name: ReceiptCheckView['name']): CheckWords {
  return CHECKS[name];
}

/** What all checks together mean. */
export function verdict(checks: readonly ReceiptCheckView[]): string {
  if (checks.some(({ outcome }) => outcome === 'wrong')) {
    return 'This receipt is wrong. It is kept as evidence.';
  }
  return checks.some(({ outcome }) => outcome === 'unseen')
    ? 'All that could be checked holds.'
    : 'Everything holds.';
}
