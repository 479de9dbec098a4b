/** `lull demo`: question, answer, receipt and payment once, on a practice network in a temporary folder. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import { RECEIPT, type SignedReceipt } from '../protocol/receipt.ts';
import { typedDataJson } from '../protocol/typed-data.ts';
import { isGoodReceipt } from '../protocol/verify-receipt.ts';
import type { Offer } from '../relay/application.ts';
import { chatSamplingFor } from './chat-sampling.ts';
import type { DesktopApp } from './compose-desktop.ts';
import type { LullNode } from './compose-node.ts';
import type { Asking } from './practice-ask.ts';
import { checksOf } from './receipt-view.ts';
import { describeFailure, EXIT, type Terminal } from './terminal.ts';

const MAX_ANSWER_TOKENS = 256;

/** What one run of the loop came to. Amounts are decimal digits of token units. */
export interface DemoReport {
  readonly answer: { readonly text: string; readonly tokenIds: readonly number[] };
  readonly model: { readonly name: string; readonly ggufSha256: Hex };
  readonly seed: number;
  readonly application: Hex;
  readonly supplier: Hex;
  readonly counts: { readonly prompt: number; readonly cached: number; readonly output: number };
  readonly price: {
    readonly perMillionCu: string;
    readonly most: string;
    readonly charged: string;
  };
  readonly receipt: {
    readonly typedData: unknown;
    readonly signature: Hex;
    readonly checks: unknown;
  };
  readonly redemption: { readonly transaction: Hex };
  readonly chain: { readonly url: string | null; readonly id: string; readonly hub: Hex };
  readonly balances: { readonly before: Balances; readonly after: Balances };
  readonly seconds: Readonly<Record<string, number>>;
}

interface Balances {
  /** Of the Application. */
  readonly stake: string;
  /** Of the Supplier's owner. */
  readonly credit: string;
}

interface DemoAnswer {
  readonly text: string;
  readonly tokenIds: readonly number[];
  readonly seed: number;
  readonly most: bigint;
  readonly signed: SignedReceipt;
}

export interface DemoOptions {
  readonly question: string;
  readonly json: boolean;
  readonly chainUrl: () => Promise<string | null>;
}

/** @returns the exit code: 0 only if every part of the loop held */
export async function runDemo(
  app: DesktopApp,
  terminal: Terminal,
  options: DemoOptions,
): Promise<number> {
  try {
    const report = await demonstrate(app, terminal, options);
    if (options.json) terminal.print(JSON.stringify(report));
    else for (const line of words(report)) terminal.print(line);
    return EXIT.ok;
  } catch (error) {
    const appError = toAppError(error);
    terminal.tell(describeFailure(appError));
    return EXIT.failed;
  }
}

async function demonstrate(
  app: DesktopApp,
  terminal: Terminal,
  { question, chainUrl }: DemoOptions,
): Promise<DemoReport> {
  const timer = createTimer();
  const { node, practice } = app;
  terminal.tell('Preparing the test model');
  await app.start();
  await node.preparation.ready();
  timer.lap('prepare');
  terminal.tell('Starting the chain and the neighbour');
  const asking = await practice.asking();
  const neighbour = await practice.neighbour();
  const offer = await asking.offer();
  timer.lap('network');
  const before = await balances(node, neighbour);
  terminal.tell(`Asking: ${question}`);
  const answer = await ask(asking, offer, question);
  timer.lap('answer');
  const { receipt } = answer.signed;
  const checks = checksOf(node.books().ledger, receipt.ref);
  require(isGoodReceipt(checks), 'The receipt does not hold.');
  timer.lap('verify');
  terminal.tell('Redeeming');
  const { transactions, failures } = await (await neighbour.market()).redeemer.collect();
  const [failure] = failures;
  if (failure) throw failure;
  const transaction = transactions.at(-1);
  require(transaction !== undefined, 'Nothing was redeemed.');
  const after = await balances(node, neighbour);
  require(before.stake - after.stake === receipt.charged &&
    after.credit - before.credit ===
      receipt.charged, 'The balances on the chain do not agree with the receipt.');
  timer.lap('redeem');
  const { chainId, hub } = node.books().network;
  return {
    answer: { text: answer.text, tokenIds: answer.tokenIds },
    model: { name: offer.model.name, ggufSha256: offer.model.ggufSha256 },
    seed: answer.seed,
    application: offer.session.application,
    supplier: offer.session.supplier,
    counts: {
      prompt: receipt.promptTokens,
      cached: receipt.cachedTokens,
      output: receipt.outputTokens,
    },
    price: {
      perMillionCu: offer.model.price.toString(),
      most: answer.most.toString(),
      charged: receipt.charged.toString(),
    },
    receipt: {
      typedData: typedDataJson({ chainId, verifyingContract: hub }, RECEIPT, receipt),
      signature: answer.signed.signature,
      checks,
    },
    redemption: { transaction },
    chain: { url: await chainUrl(), id: chainId.toString(), hub },
    balances: { before: digits(before), after: digits(after) },
    seconds: timer.laps(),
  };
}

async function ask(asking: Asking, offer: Offer, question: string): Promise<DemoAnswer> {
  const request = {
    turns: [{ role: 'user', text: question }],
    sampling: chatSamplingFor(offer.model.ggufSha256),
    maxTokens: MAX_ANSWER_TOKENS,
    stop: [],
  } as const;
  let text = '';
  const tokenIds: number[] = [];
  let seed = 0;
  let most = 0n;
  for await (const event of asking.ask(offer, request, new AbortController().signal)) {
    if (event.type === 'sent') {
      seed = event.seed;
      most = event.maxCharge;
    } else if (event.type === 'tokens') {
      text += event.text;
      tokenIds.push(...event.tokenIds);
    } else if (event.signed && (event.reason === 'stop' || event.reason === 'length')) {
      return { text, tokenIds, seed, most, signed: event.signed };
    }
  }
  throw new AppError('peer-unreachable', { details: 'The answer did not come to its end.' });
}

async function balances(node: LullNode, neighbour: LullNode) {
  const asker = await node.market();
  const server = await neighbour.market();
  const { balance } = await asker.reader.stakeOf(asker.owner.address);
  const credit = await server.reader.creditOf(server.owner.address);
  return { stake: balance, credit };
}

function digits(amounts: { readonly stake: bigint; readonly credit: bigint }): Balances {
  return { stake: amounts.stake.toString(), credit: amounts.credit.toString() };
}

function require(holds: boolean, details: string): asserts holds {
  if (!holds) throw new AppError('internal', { details });
}

function createTimer() {
  const startMs = performance.now();
  let lastMs = startMs;
  const laps: Record<string, number> = {};
  const seconds = (ms: number) => Math.round(ms) / 1000;
  return {
    lap(name: string): void {
      const nowMs = performance.now();
      laps[name] = seconds(nowMs - lastMs);
      lastMs = nowMs;
    },
    laps: () => ({ ...laps, total: seconds(lastMs - startMs) }),
  };
}

function words({ answer, model, price, counts, redemption, balances: money }: DemoReport) {
  return [
    `${model.name}: ${answer.text}`,
    `${String(counts.output)} tokens for ${price.charged} units of practice money (at most ${price.most}); the receipt holds.`,
    `Redeemed by ${redemption.transaction}.`,
    `Stake ${money.before.stake} -> ${money.after.stake}, credit ${money.before.credit} -> ${money.after.credit}.`,
  ];
}
