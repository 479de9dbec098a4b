/** Whatever is lost, repeated, refused, cancelled or crashed: both sides end with the same sums. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chargeOf } from '../../../electron/protocol/cu.ts';
import type { ChatTurn } from '../../../electron/protocol/generate.ts';
import { holdOf, refundDue, usesHold } from '../../../electron/protocol/hold.ts';
import type {
  EntryOf,
  LedgerEntry,
  LedgerKind,
} from '../../../electron/protocol/ledger-entries.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { CARD, MODEL, question, SESSION, TERMS } from '../../fakes/relay-terms.ts';
import { createRelayWorld, type RelayWorld } from '../../fakes/relay-world.ts';
import { createChooser } from '../../fakes/step-queue.ts';

const RUNS = 2_000;
const ID = sessionId(SESSION);
/** More than any world needs; reaching it means that something never ends. */
const MAX_STEPS = 20_000;

type Action =
  | {
      readonly do: 'ask';
      readonly leaveAfter: number;
      /** Seconds for which it buys its conversation to be kept. */
      readonly hold: number;
      /** Whether it is about the last answer. */
      readonly goesOn: boolean;
    }
  | { readonly do: 'cancel' | 'crash supplier' | 'crash application' | 'resync' | 'wait' };

type Ask = Extract<Action, { readonly do: 'ask' }>;

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      leaveAfter: fc.nat(12),
      hold: fc.constantFrom(0, 5, 60, 600),
      goesOn: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('cancel', 'crash supplier', 'crash application', 'resync', 'wait')
      .map((name): Action => ({ do: name })),
  },
);

function ofKind<Kind extends LedgerKind>(
  entries: readonly LedgerEntry[],
  kind: Kind,
): readonly EntryOf<Kind>[] {
  return entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

function bestVoucher({ supplierLedger }: RelayWorld): bigint {
  return ofKind(supplierLedger.entries, 'relay-accepted').reduce(
    (best, { cumulative }) => (cumulative > best ? cumulative : best),
    0n,
  );
}

function served({ supplierLedger }: RelayWorld) {
  return ofKind(supplierLedger.entries, 'relay-served');
}

/** What must hold at every moment. */
function checkNow(world: RelayWorld): void {
  const best = bestVoucher(world);
  const last = served(world).at(-1)?.signed.receipt;
  if ((last?.totalCharged ?? 0n) > best) throw new Error('charged beyond every voucher');
  if (ofKind(world.applicationLedger.entries, 'relay-sent').length === 0) return;
  const { charged, worstLoss } = world.application.exposure(ID);
  if (best > charged + worstLoss) throw new Error('the worst loss shown was too small');
  if (ofKind(world.applicationLedger.entries, 'relay-disputed').length > 0) {
    throw new Error('an honest receipt was disputed');
  }
}

/** What the runs together met, so that none of it is checked in vain. */
const met = { held: 0, refunded: 0, owedOn: 0, failedFollowUps: 0 };

/** Every hold is gone on from once, and what it lacked is given back to the last unit or still owed. */
function checkHolds({ supplierLedger }: RelayWorld): void {
  const accepted = ofKind(supplierLedger.entries, 'relay-accepted');
  const receipts = ofKind(supplierLedger.entries, 'relay-served').map(
    ({ signed }) => signed.receipt,
  );
  const receiptOf = new Map(receipts.map((receipt) => [receipt.ref, receipt]));
  const used: string[] = [];
  let due = 0n;
  for (const { ref, follows, holdSeconds = 0, maxCu } of accepted) {
    const receipt = receiptOf.get(ref);
    if (receipt === undefined) throw new Error('a relay without a receipt');
    expect(receipt.cu).toBeLessThanOrEqual(maxCu);
    const tokens = BigInt(receipt.promptTokens + receipt.outputTokens);
    expect([0n, tokens * BigInt(holdSeconds)]).toContain(receipt.heldTokenSeconds);
    const bought = follows === undefined ? undefined : receiptOf.get(follows);
    const hold = bought === undefined ? null : holdOf(bought);
    expect(receipt.heldTokens).toBeLessThanOrEqual(hold?.tokens ?? 0);
    due += refundDue(receipt, hold);
    if (follows !== undefined && usesHold(receipt)) used.push(follows);
    else if (follows !== undefined) met.failedFollowUps += 1;
    if (receipt.heldTokens > 0) met.held += 1;
    if (receipt.refundTokenSeconds > 0n) met.refunded += 1;
    if (receipt.owedTokenSeconds > 0n) met.owedOn += 1;
  }
  expect(new Set(used).size).toBe(used.length);
  const given = receipts.reduce((sum, { refundTokenSeconds }) => sum + refundTokenSeconds, 0n);
  expect(given + (receipts.at(-1)?.owedTokenSeconds ?? 0n)).toBe(due);
}

/** What must hold once everything was cleared up. */
function checkEnd(world: RelayWorld): void {
  const receipts = served(world).map(({ signed }) => signed);
  const paid = ofKind(world.applicationLedger.entries, 'relay-paid').map(({ signed }) => signed);
  const byNumber = [...paid].sort((a, b) => a.receipt.sequence - b.receipt.sequence);
  expect(byNumber).toEqual(receipts);
  expect(new Set(receipts.map(({ receipt }) => receipt.ref)).size).toBe(receipts.length);
  receipts.forEach(({ receipt }, index) => {
    expect(receipt.sequence).toBe(index + 1);
    const before = receipts[index - 1]?.receipt;
    expect(receipt.totalCu).toBe((before?.totalCu ?? 0n) + receipt.cu);
    expect(receipt.totalCharged).toBe((before?.totalCharged ?? 0n) + receipt.charged);
    expect(receipt.totalCharged).toBe(chargeOf(receipt.totalCu, SESSION.price));
  });
  checkHolds(world);
  const accepted = ofKind(world.supplierLedger.entries, 'relay-accepted').map(({ ref }) => ref);
  expect(new Set(accepted).size).toBe(accepted.length);
  expect(accepted.length).toBe(receipts.length);
  if (world.applicationLedger.entries.length === 0) return;
  const { charged, reserved } = world.application.exposure(ID);
  expect({ charged, reserved }).toEqual({
    charged: receipts.at(-1)?.receipt.totalCharged ?? 0n,
    reserved: 0n,
  });
}

interface Asker {
  readonly cancel: AbortController;
  readonly done: Promise<void>;
}

/** The last conversation that came to an end in each world. */
const conversations = new WeakMap<RelayWorld, readonly ChatTurn[]>();

function ask(
  world: RelayWorld,
  { leaveAfter, hold, goesOn }: Ask,
  earlier: Asker | undefined,
): Asker {
  const { application } = world;
  const cancel = new AbortController();
  const run = async (): Promise<void> => {
    if (goesOn) await earlier?.done;
    const offer = application.offer(CARD, MODEL, TERMS);
    const before = goesOn ? (conversations.get(world) ?? []) : [];
    const fresh = question('hi', 8);
    const turns = [...before, ...fresh.turns];
    let seen = 0;
    let text = '';
    for await (const event of application.ask(
      offer,
      { ...fresh, turns, holdSeconds: hold },
      cancel.signal,
    )) {
      if (event.type === 'tokens') text += event.text;
      seen += event.type === 'end' ? 0 : 1;
      if (seen > leaveAfter) break;
      if (event.type === 'end') conversations.set(world, [...turns, { role: 'assistant', text }]);
    }
  };
  return { cancel, done: run().catch(() => undefined) };
}

function act(world: RelayWorld, next: Action, askers: Asker[]): void {
  if (next.do === 'ask') askers.push(ask(world, next, askers.at(-1)));
  else if (next.do === 'cancel') askers.at(-1)?.cancel.abort();
  else if (next.do === 'crash supplier') world.crashSupplier();
  else if (next.do === 'crash application') world.crashApplication();
  else if (next.do === 'wait') world.clock.advance(6_000);
  else if (ofKind(world.applicationLedger.entries, 'relay-sent').length > 0) {
    world.application.resync(ID).catch(() => undefined);
  }
}

async function run(seed: number, actions: readonly Action[]): Promise<void> {
  const choose = createChooser(seed);
  const world = createRelayWorld(choose);
  const left = [...actions];
  const askers: Asker[] = [];
  for (let steps = 0; left.length > 0; steps += 1) {
    const next = choose(4) === 0 ? left.shift() : undefined;
    if (next !== undefined) act(world, next, askers);
    else if (!(await world.queue.next(choose))) act(world, left.shift() ?? { do: 'wait' }, askers);
    checkNow(world);
    if (steps > MAX_STEPS) throw new Error('the world goes on for ever');
  }
  world.calm();
  await drain(world, choose);
  await clearUp(world, choose);
  checkNow(world);
  checkEnd(world);
}

async function drain({ queue }: RelayWorld, choose: (count: number) => number): Promise<void> {
  for (let steps = 0; await queue.next(choose); steps += 1) {
    if (steps > MAX_STEPS) throw new Error('the world goes on for ever');
  }
}

async function clearUp(world: RelayWorld, choose: (count: number) => number): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    // Past the patience for a receipt after a cancel, and past deadlines.
    world.clock.advance(400_000);
    await drain(world, choose);
    if (ofKind(world.applicationLedger.entries, 'relay-sent').length === 0) continue;
    const asked = world.application.resync(ID);
    await drain(world, choose);
    await asked;
  }
}

it('ends with equal sums on both sides, whatever happens on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.array(action, { minLength: 1, maxLength: 24 }), run),
    { numRuns: RUNS },
  );
  expect(Math.min(...Object.values(met))).toBeGreaterThan(0);
}, 60_000);
