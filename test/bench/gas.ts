/** What settlement costs on a real EVM: gas of whole transactions, against the targets of the design. */
import { keccak256, numberToHex, pad, type Hex } from 'viem';
import { actor, deployHub, type HubFixture } from '../integration/contracts/hub-fixture.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';

const BATCH = 25;
const ROYALTY_BPS = 500;
const PRICE = 200_000n;
const BUDGET = 4_000_000n;
const STAKE = 50_000_000n;
const FIRST_APPLICATION = 2_000;
const HOT_KEYS = 1_000;
/** More epochs than the ring has places, so that every place was used. */
const RING = 4;

const TARGETS = {
  'deposit, new stake': 60_000,
  'deposit, top-up': 44_000,
  'redeem 1 row, steady': 58_000,
  'redeem 25 rows, steady, per row': 23_000,
  'redeem 25 rows, first use of a ring slot, per row': 40_000,
  payout: 37_000,
} as const;

export const bench: Bench = {
  name: 'gas',
  about: 'gas of deposit, redemption and payout on a real EVM in process; the peer is the target',
  async run(options) {
    const measured = await measure(options);
    return report(measured, options);
  },
};

interface Network {
  readonly f: HubFixture;
  readonly service: Hex;
  readonly supplier: ReturnType<typeof actor>;
  readonly deposits: number[];
}

async function measure(options: BenchOptions): Promise<ReadonlyMap<string, number>> {
  const network = await openNetwork();
  const { f, supplier, deposits } = network;
  const gas = new Map<string, number>();
  const note = (name: string, value: number) => {
    gas.set(name, value);
    options.log(`${name}: ${Math.round(value)}`);
  };
  note('deposit, new stake', deposits.at(-1) ?? 0);
  const { address } = actor(FIRST_APPLICATION);
  note('deposit, top-up', Number((await f.hub.send(address, 'depositFor', address, 1_000n)).gas));

  note('redeem 1 row, first of all', await redeem(network, 0, 1, 500_000n));
  await f.skipEpochs(RING);
  // From here on every key is as old as the window, which spares it a look-up from the next time on.
  note(
    'redeem 25 rows, the first of their applications, per row',
    (await redeem(network, 1, BATCH, 500_000n)) / BATCH,
  );
  await f.skipEpochs(1);
  note(
    'redeem 25 rows, first use of a ring slot, per row',
    (await redeem(network, 1, BATCH, 500_001n)) / BATCH,
  );
  await f.skipEpochs(RING);
  note('redeem 25 rows, steady, per row', (await redeem(network, 1, BATCH, 500_002n)) / BATCH);
  note(
    'redeem 25 rows again in an epoch, per row',
    (await redeem(network, 1, BATCH, 600_000n)) / BATCH,
  );
  note('redeem 25 rows already paid, per row', (await redeem(network, 1, BATCH, 600_000n)) / BATCH);
  note('redeem 1 row, steady', await redeem(network, 1, 1, 700_000n));
  await f.hub.send(supplier.address, 'withdrawCredit', supplier.address);
  await redeem(network, 1, 1, 800_000n);
  note(
    'payout',
    Number((await f.hub.send(supplier.address, 'withdrawCredit', supplier.address)).gas),
  );
  return gas;
}

async function openNetwork(): Promise<Network> {
  const f = await deployHub();
  const supplier = actor(1_900);
  const service = await f.list(actor(1_901).address, keccak256('0x01'), ROYALTY_BPS);
  const deposits = [];
  for (let at = 0; at <= BATCH; at++) {
    const { address } = actor(FIRST_APPLICATION + at);
    await f.fund(address, STAKE * 2n);
    deposits.push(Number((await f.hub.send(address, 'depositFor', address, STAKE)).gas));
    await f.grant(address, actor(FIRST_APPLICATION + HOT_KEYS + at));
    await f.hub.send(address, 'enrol', service, BUDGET, [supplier.address, actor(1_902).address]);
  }
  return { f, service, supplier, deposits };
}

/** Gas of one redemption for applications `from` to `from + count`. */
async function redeem(
  { f, service, supplier }: Network,
  from: number,
  count: number,
  amount: bigint,
): Promise<number> {
  const epoch = await f.epoch();
  const rows = [];
  for (let at = from; at < from + count; at++) {
    const application = actor(FIRST_APPLICATION + at).address;
    const ref = keccak256(pad(numberToHex(at)));
    const fields = { application, draw: 0, price: PRICE, cumulative: amount + 5_000n, amount, ref };
    const session = { epoch, service, supplier: supplier.address };
    rows.push(await f.row(session, fields, actor(FIRST_APPLICATION + HOT_KEYS + at).key));
  }
  const args = [supplier.address, service, epoch, rows];
  return Number((await f.hub.send(supplier.address, 'redeem', ...args)).gas);
}

function report(measured: ReadonlyMap<string, number>, { quick }: BenchOptions): BenchResult {
  const targets = new Map<string, number>(Object.entries(TARGETS));
  const samples = [...measured].map(([name, gas]) => {
    const target = targets.get(name);
    return [name, { ours: [gas], peer: target === undefined ? [] : [target] }] as const;
  });
  return {
    name: 'gas',
    config: { rules: 'Prague', royaltyBps: ROYALTY_BPS, draws: 2, batch: BATCH, quick },
    samples: Object.fromEntries(samples),
    unit: 'gas',
    warmUp: 'none: gas does not vary',
  };
}
