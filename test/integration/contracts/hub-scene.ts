/** A hub with one application that has a stake, a hot key and pinned suppliers, and what tests ask of it. */
import { pad, type Address, type Hex } from 'viem';
import { z } from 'zod';
import type { Artifact, EdrChain } from '../../fakes/edr-chain.ts';
import {
  actor,
  deployHub,
  type Actor,
  type EpochParameters,
  type HubFixture,
  type RowFields,
  type Sent,
} from './hub-fixture.ts';

export const PRICE = 200_000n;
export const BUDGET = 4_000n;
export const STAKE = 7n * BUDGET;
export const ROYALTY_BPS = 500;
/** Of the practice parameters. */
export const WINDOW = 4;
export const RESERVE = 7n;

export interface SceneOptions {
  readonly parameters?: EpochParameters;
  readonly token?: Artifact;
  readonly chain?: EdrChain;
  readonly stake?: bigint;
  readonly budget?: bigint;
  readonly supplierCount?: number;
}

export interface RedeemOptions {
  readonly epoch?: number;
  readonly service?: Hex;
  readonly supplier?: Address;
  readonly signer?: Actor;
  readonly from?: Address;
}

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** `app.address` owns the stake, `hot` signs its vouchers, `suppliers[j]` has draw j. */
export async function openScene(options: SceneOptions = {}) {
  const f = await deployHub(options.parameters, options.token, options.chain);
  const [app, hot, source, stranger] = [actor(100), actor(101), actor(102), actor(103)];
  const suppliers = Array.from({ length: options.supplierCount ?? 2 }, (_, at) => actor(200 + at));
  await f.skipEpochs(1);
  const service = await f.list(source.address, pad('0x9e'), ROYALTY_BPS);
  await f.deposit(app.address, options.stake ?? STAKE);
  await f.grant(app.address, hot);
  await f.hub.send(
    app.address,
    'enrol',
    service,
    options.budget ?? BUDGET,
    suppliers.map(({ address }) => address),
  );
  const [supplier = stranger] = suppliers;

  /** One row of the application, with a voucher of the amount unless told otherwise. */
  async function redeem(fields: Partial<RowFields>, how: RedeemOptions = {}): Promise<Sent> {
    const epoch = how.epoch ?? (await f.epoch());
    const to = how.supplier ?? supplier.address;
    const row = await rowOf(fields, how);
    return f.hub.send(how.from ?? to, 'redeem', to, how.service ?? service, epoch, [row]);
  }

  async function rowOf(fields: Partial<RowFields>, how: RedeemOptions = {}) {
    const { amount = 0n } = fields;
    const epoch = how.epoch ?? (await f.epoch());
    const session = {
      epoch,
      service: how.service ?? service,
      supplier: how.supplier ?? supplier.address,
    };
    const defaults = {
      application: app.address,
      draw: 0,
      price: PRICE,
      cumulative: amount,
      amount,
    };
    return f.row(session, { ...defaults, ...fields }, (how.signer ?? hot).key);
  }

  return { f, hub: f.hub, app, hot, source, stranger, supplier, suppliers, service, redeem, rowOf };
}

export async function creditOf({ hub }: HubFixture, owner: Actor): Promise<bigint> {
  return z.bigint().parse(await hub.read('creditOf', owner.address));
}

const balanceSchema = z.tuple([z.bigint(), z.bigint(), z.number()]);

export async function stakeOf({ hub }: HubFixture, application: Actor) {
  const read = await hub.read('balanceOf', application.address);
  const [balance, thawing, thawEndEpoch] = balanceSchema.parse(read);
  return { balance, thawing, thawEndEpoch };
}

const quoteSchema = z.tuple([
  z.boolean(),
  z.number(),
  z.bigint(),
  z.bigint(),
  z.string(),
  z.boolean(),
]);

export async function quoteOf(scene: Scene, supplier: Actor, epoch?: number) {
  const { hub, app, service, f } = scene;
  const at = epoch ?? (await f.epoch());
  const read = await hub.read('quote', app.address, service, at, supplier.address);
  const [solvent, draw, allowance, paid, hotKey, keyValid] = quoteSchema.parse(read);
  return { solvent, draw, allowance, paid, hotKey, keyValid };
}

/** What the row events of a redemption say was paid, now and in all. */
export function rowsOf(sent: Sent) {
  const schema = z.object({ application: z.string(), drawAndPaid: z.bigint() });
  const mask = 2n ** 96n - 1n;
  return sent.events
    .filter(({ name }) => name === 'Row')
    .map(({ args }) => {
      const { drawAndPaid } = schema.parse(args);
      return {
        draw: Number(drawAndPaid >> 192n),
        paidInAll: (drawAndPaid >> 96n) & mask,
        paid: drawAndPaid & mask,
      };
    });
}
