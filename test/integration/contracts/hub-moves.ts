/** Random moves of applications and suppliers, made on the hub and on the model at once. */
import fc from 'fast-check';
import { pad, type Hex } from 'viem';
import { z } from 'zod';
import { actor, deployHub, Reverted, type HubFixture, type Sent } from './hub-fixture.ts';
import { HubModel, type ModelRow } from './hub-model.ts';

export const APPLICATIONS = 2;
export const SERVICES = 2;
export const SUPPLIERS = 3;
export const KEYS = 4;
export const ROYALTY_BPS = 1_250;
/** No time for proofs: every place of a ring can be redeemed until the second it is used again. */
const EPOCHS = { epochSeconds: 60, redeemSeconds: 120, proofSeconds: 0, graceSeconds: 5 };
const PRICE = 7n;

export const applicationOf = (index: number) => actor(1_000 + index);
export const keyOf = (application: number, key: number) => actor(1_100 + application * 10 + key);
export const supplierOf = (index: number) => actor(1_200 + index);
export const SOURCE = actor(1_300);

const index = (count: number) => fc.nat({ max: count - 1 });
const application = index(APPLICATIONS);
const service = index(SERVICES);
const supplier = index(SUPPLIERS);
const key = index(KEYS);
const money = fc.oneof(fc.bigInt(0n, 60n), fc.bigInt(0n, 4_000n));
const row = fc.record({
  application,
  draw: index(3),
  amount: money,
  spare: fc.bigInt(-1n, 9n),
  key,
});

const kinds = {
  deposit: fc.record({ application, amount: fc.bigInt(1n, 4_000n) }),
  thaw: fc.record({ application, amount: money }),
  cancelThaw: fc.record({ application }),
  withdraw: fc.record({ application }),
  enrol: fc.record({
    application,
    service,
    budget: fc.bigInt(0n, 300n),
    suppliers: fc.array(supplier, { minLength: 1, maxLength: 3 }),
  }),
  setBudget: fc.record({ application, service, budget: fc.bigInt(0n, 300n) }),
  grant: fc.record({ application, key }),
  revoke: fc.record({ application, key }),
  redeem: fc.record({
    supplier,
    service,
    back: index(4),
    rows: fc.array(row, { minLength: 1, maxLength: 3 }),
  }),
  /** Takes from a draw that is really the supplier's, mostly with a key that is really valid. */
  collect: fc.record({
    application,
    service,
    back: index(4),
    draw: index(3),
    part: index(4),
    otherKey: fc.option(key, { freq: 3 }),
  }),
  ask: fc.record({ application, service, supplier }),
  wait: fc.record({
    seconds: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 75 }), fc.constant(245)),
  }),
  stakeCredit: fc.record({ supplier, application, amount: money }),
  withdrawCredit: fc.record({ supplier }),
} as const;

type Kinds = typeof kinds;
export type Move = {
  [K in keyof Kinds]: { readonly kind: K } & (Kinds[K] extends fc.Arbitrary<infer T> ? T : never);
}[keyof Kinds];

const WEIGHTS: Readonly<Record<keyof Kinds, number>> = {
  deposit: 3,
  thaw: 1,
  cancelThaw: 1,
  withdraw: 1,
  enrol: 3,
  setBudget: 2,
  grant: 1,
  revoke: 1,
  redeem: 3,
  collect: 9,
  ask: 6,
  wait: 6,
  stakeCredit: 1,
  withdrawCredit: 1,
};

const weighted = <K extends keyof Kinds>(kind: K) => ({
  weight: WEIGHTS[kind],
  arbitrary: kinds[kind].map((fields: object) => ({ kind, ...fields })),
});

// The compiler cannot follow a union through a list of keys: each move has its kind's own fields.
const anyMove = fc.oneof(
  ...Object.keys(kinds).map((kind) => weighted(kind as keyof Kinds)),
) as fc.Arbitrary<Move>;

/** So that there is something to lose from the first random move on. */
const OPENING: readonly Move[] = [0, 1].flatMap((from): Move[] => [
  { kind: 'deposit', application: from, amount: 3_000n },
  { kind: 'grant', application: from, key: 0 },
  { kind: 'enrol', application: from, service: 0, budget: 500n, suppliers: [from, 2] },
  { kind: 'ask', application: from, service: 0, supplier: 2 },
]);

const LENGTHS = { minLength: 30, maxLength: 70, size: 'max' } as const;
export const moves = fc.array(anyMove, LENGTHS).map((rest) => [...OPENING, ...rest]);

export interface Run {
  readonly f: HubFixture;
  readonly model: HubModel;
  readonly services: readonly Hex[];
}

export async function openRun(): Promise<Run> {
  const f = await deployHub(EPOCHS);
  const services: Hex[] = [];
  for (let at = 0; at < SERVICES; at++) {
    services.push(await f.list(SOURCE.address, pad(`0x0${at + 1}`), ROYALTY_BPS));
  }
  for (let at = 0; at < APPLICATIONS; at++) await f.fund(applicationOf(at).address, 10n ** 12n);
  const parameters = { ...EPOCHS, windowEpochs: 3, reserveEpochs: 5, royaltyBps: ROYALTY_BPS };
  const start = Math.ceil(((await f.chain.now()) + 1_000) / 60) * 60;
  await f.chain.travelTo(start);
  return { f, services, model: new HubModel(parameters, start, APPLICATIONS, SUPPLIERS) };
}

/** Makes one move on both. @throws when they do not agree on what came of it */
export async function play(run: Run, move: Move): Promise<void> {
  const { model } = run;
  if (move.kind === 'wait') {
    model.nowSeconds += move.seconds;
    return;
  }
  // Views answer as of the newest block.
  await run.f.chain.travelTo(model.nowSeconds);
  await run.f.chain.client.setNextBlockTimestamp({ timestamp: BigInt(model.nowSeconds) });
  await moveOnBoth(run, move);
}

async function moveOnBoth(run: Run, move: Exclude<Move, { kind: 'wait' }>): Promise<void> {
  switch (move.kind) {
    case 'enrol':
    case 'setBudget':
      return changeTerms(run, move);
    case 'grant':
    case 'revoke':
      return changeKey(run, move);
    case 'redeem': {
      const rows = move.rows.map(({ spare, ...fields }) => ({
        ...fields,
        cumulative: fields.amount + spare < 0n ? 0n : fields.amount + spare,
      }));
      return redeem(run, move.supplier, move.service, run.model.epoch + 1 - move.back, rows);
    }
    case 'collect':
      return collect(run, move);
    case 'ask':
      return ask(run, move);
    default:
      return moveMoney(run, move);
  }
}

async function moveMoney(
  { f, model }: Run,
  move: Extract<
    Move,
    { kind: 'deposit' | 'thaw' | 'cancelThaw' | 'withdraw' | 'stakeCredit' | 'withdrawCredit' }
  >,
): Promise<void> {
  if (move.kind === 'withdrawCredit') {
    const owner = supplierOf(move.supplier).address;
    const paid = model.credits[move.supplier] ?? 0n;
    const sent = await attempt(() => f.hub.send(owner, 'withdrawCredit', owner));
    agree(sent, paid > 0n);
    if (sent !== null) model.addCredit(move.supplier, -paid);
    return;
  }
  const stake = model.stake(move.application);
  const { address } = applicationOf(move.application);
  if (move.kind === 'stakeCredit') {
    const from = supplierOf(move.supplier).address;
    const fits = move.amount > 0n && move.amount <= (model.credits[move.supplier] ?? 0n);
    agree(await attempt(() => f.hub.send(from, 'stakeCredit', address, move.amount)), fits);
    if (!fits) return;
    model.addCredit(move.supplier, -move.amount);
    stake.balance += move.amount;
  } else if (move.kind === 'deposit') {
    await f.hub.send(address, 'depositFor', address, move.amount);
    stake.balance += move.amount;
  } else if (move.kind === 'thaw') {
    const fits = move.amount > 0n && move.amount + stake.thawing <= stake.balance;
    agree(await attempt(() => f.hub.send(address, 'thaw', move.amount)), fits);
    if (!fits) return;
    stake.thawing += move.amount;
    stake.thawEndEpoch = model.epoch + 4;
    stake.thawedAtSeconds = model.nowSeconds;
  } else if (move.kind === 'cancelThaw') {
    agree(await attempt(() => f.hub.send(address, 'cancelThaw')), stake.thawing > 0n);
    stake.thawing = 0n;
  } else {
    const fits = stake.thawing > 0n && model.epoch >= stake.thawEndEpoch;
    agree(await attempt(() => f.hub.send(address, 'withdraw')), fits);
    if (!fits) return;
    if (model.nowSeconds - stake.thawedAtSeconds < 3 * 60) throw new Error('left too early');
    stake.balance -= stake.thawing < stake.balance ? stake.thawing : stake.balance;
    stake.thawing = 0n;
  }
}

const startSchema = z.object({ fromEpoch: z.number() });

async function changeTerms(
  { f, model, services }: Run,
  move: Extract<Move, { kind: 'enrol' | 'setBudget' }>,
): Promise<void> {
  const { address } = applicationOf(move.application);
  const service = services[move.service];
  const present = model.termsAt(move.application, move.service, model.epoch + 1);
  const suppliers = move.kind === 'enrol' ? move.suppliers : present.suppliers;
  const sent = await attempt(() =>
    move.kind === 'enrol'
      ? f.hub.send(
          address,
          'enrol',
          service,
          move.budget,
          suppliers.map((at) => supplierOf(at).address),
        )
      : f.hub.send(address, 'setBudget', service, move.budget),
  );
  if (sent === null) {
    const raised = move.budget > present.budget;
    const impossible = move.kind === 'enrol' ? move.budget === 0n : suppliers.length === 0;
    if (!raised && !impossible) throw new Error('a change without a raise was refused');
    return;
  }
  const { fromEpoch } = startSchema.parse(sent.events[0]?.args);
  if (fromEpoch !== model.epoch + 1) {
    const idle = model.openEpochs.every(
      (epoch) => model.sumAt(move.application, epoch, SERVICES) === 0n,
    );
    if (fromEpoch !== model.epoch || !idle) throw new Error('terms of a begun epoch changed');
  }
  model.change(move.application, move.service, { fromEpoch, budget: move.budget, suppliers });
  const sum = model.sumAt(move.application, model.epoch + 1, SERVICES);
  if (move.budget > present.budget && !model.isCovered(move.application, sum)) {
    throw new Error('a raise was taken without cover');
  }
}

async function changeKey(
  { f, model }: Run,
  move: Extract<Move, { kind: 'grant' | 'revoke' }>,
): Promise<void> {
  const { address } = applicationOf(move.application);
  const signer = keyOf(move.application, move.key);
  const { keys } = model.stake(move.application);
  if (move.kind === 'grant') {
    const first = keys.length === 0;
    const sent = await attempt(() => f.grant(address, signer));
    agree(sent, !keys.some(({ key: used }) => used === move.key));
    if (sent === null) return;
    model.grant(move.application, move.key, first ? model.epoch : model.epoch + 1);
  } else {
    const last = keys.findLast(({ untilEpoch }) => untilEpoch === Infinity);
    const sent = await attempt(() => f.hub.send(address, 'revokeKey', signer.address));
    agree(sent, last?.key === move.key);
    if (sent !== null) model.endKey(move.application);
  }
}

async function collect(run: Run, move: Extract<Move, { kind: 'collect' }>): Promise<void> {
  const { model } = run;
  const epoch = model.epoch - (move.back % 3);
  const owner = model.termsAt(move.application, move.service, epoch).suppliers[move.draw];
  const valid = Array.from({ length: KEYS }, (_, at) => at).find((at) =>
    model.isKeyValid(move.application, at, epoch),
  );
  if (owner === undefined || valid === undefined) return;
  const amount =
    (model.allowance(move.application, move.service, epoch) * BigInt(move.part + 1)) / 4n;
  const { application: from, draw } = move;
  const fields = {
    application: from,
    draw,
    amount,
    cumulative: amount,
    key: move.otherKey ?? valid,
  };
  await redeem(run, owner, move.service, epoch, [fields]);
}

async function redeem(
  { f, model, services }: Run,
  from: number,
  at: number,
  epoch: number,
  fields: readonly ModelRow[],
): Promise<void> {
  const to = supplierOf(from).address;
  const service = services[at] ?? pad('0x00');
  const rows = await Promise.all(
    fields.map(({ application: of_, draw, amount, cumulative, key: by }) => {
      const values = {
        application: applicationOf(of_).address,
        draw,
        price: PRICE,
        amount,
        cumulative,
      };
      return f.row({ epoch, service, supplier: to }, values, keyOf(of_, by).key);
    }),
  );
  const expected = model.redeem({ supplier: from, service: at, epoch, rows: fields });
  try {
    const sent = await f.hub.send(to, 'redeem', to, service, epoch, rows);
    const { total } = z.object({ total: z.bigint() }).parse(sent.events.at(-1)?.args);
    if (!expected.ok || expected.total !== total) throw new Error(`paid ${total}`);
  } catch (error) {
    if (!(error instanceof Reverted)) throw error;
    if (expected.ok || expected.error !== error.errorName) throw error;
  }
}

async function ask(
  { f, model, services }: Run,
  move: Extract<Move, { kind: 'ask' }>,
): Promise<void> {
  const { address } = applicationOf(move.application);
  const to = supplierOf(move.supplier).address;
  const { epoch } = model;
  const read = await f.hub.read('quote', address, services[move.service], epoch, to);
  const [solvent, draw, allowance, paid, hotKey, keyValid] = z
    .tuple([z.boolean(), z.number(), z.bigint(), z.bigint(), z.string(), z.boolean()])
    .parse(read);
  const own = model.termsAt(move.application, move.service, epoch).suppliers.indexOf(move.supplier);
  const share = own < 0 ? 0n : model.allowance(move.application, move.service, epoch);
  const soFar = own < 0 ? 0n : model.paidOn(move.application, move.service, epoch, own);
  if (allowance !== share || paid !== soFar) throw new Error('the quote is wrong');
  const named = Array.from({ length: KEYS }, (_, at) => at).find(
    (at) => keyOf(move.application, at).address === hotKey,
  );
  const valid = named !== undefined && model.isKeyValid(move.application, named, epoch);
  if (keyValid !== valid) throw new Error('the quoted key is wrong');
  if (solvent && own >= 0) model.promise(move.application, move.service, move.supplier, draw);
}

async function attempt(send: () => Promise<Sent>): Promise<Sent | null> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof Reverted) return null;
    throw error;
  }
}

function agree(sent: Sent | null, expected: boolean): void {
  if ((sent !== null) !== expected) throw new Error(expected ? 'was refused' : 'was taken');
}
