/** What people would try with vouchers, and that none of it pays. */
import { pad, zeroHash, type Address, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { createEdrChain } from '../../fakes/edr-chain.ts';
import { actor, packRow, signRow } from './hub-fixture.ts';
import {
  BUDGET,
  creditOf,
  openScene,
  PRICE,
  rowsOf,
  stakeOf,
  STAKE,
  WINDOW,
  type Scene,
} from './hub-scene.ts';

const ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n;
const SHARE = BUDGET / 2n;
const AMOUNT = 50n;

/** Sends what was signed for one thing as if it had been signed for another. */
async function replay(
  scene: Scene,
  signed: {
    readonly chainId?: number;
    readonly hub?: Address;
    readonly epoch?: number;
    readonly service?: Hex;
    readonly supplier?: Address;
    readonly price?: bigint;
    readonly draw?: number;
    readonly application?: Address;
    readonly cumulative?: bigint;
    readonly ref?: Hex;
  },
) {
  const { f, hub, app, hot, supplier, service } = scene;
  const epoch = await f.epoch();
  const sent = { application: app.address, draw: 0, price: PRICE, cumulative: 60n, amount: AMOUNT };
  const row = await signRow(
    { chainId: signed.chainId ?? f.place.chainId, hub: signed.hub ?? f.place.hub },
    {
      epoch: signed.epoch ?? epoch,
      service: signed.service ?? service,
      supplier: signed.supplier ?? supplier.address,
    },
    { ...sent, ...signed },
    hot.key,
  );
  const rows = [{ ...row, ...packRow(sent), ref: zeroHash }];
  return hub.send(supplier.address, 'redeem', supplier.address, service, epoch, rows);
}

describe('a voucher', () => {
  it('counts where and for what it was signed', async () => {
    expect(rowsOf(await replay(await openScene(), {}))).toHaveLength(1);
  });

  const elsewhere = {
    'another chain': { chainId: 1 },
    'another hub': { hub: actor(800).address },
    'another epoch': { epoch: 41_666 },
    'another service': { service: pad('0x01') },
    'another supplier': { supplier: actor(201).address },
    'another price': { price: PRICE + 1n },
    'another draw': { draw: 1 },
    'another application': { application: actor(801).address },
    'a lower sum': { cumulative: 59n },
    'another request': { ref: pad('0x01') },
  } as const;
  for (const [name, signed] of Object.entries(elsewhere)) {
    it(`for ${name} is refused`, async () => {
      await expect(replay(await openScene(), signed)).rejects.toMatchObject({
        errorName: 'BadSignature',
      });
    });
  }

  it('of a real twin hub, and of the same hub on another chain, is refused', async () => {
    const twin = await openScene();
    const row = await twin.rowOf({ amount: AMOUNT });
    const elsewhereChain = await openScene({ chain: await createEdrChain(31_338) });
    const { hub, supplier, service, f } = elsewhereChain;
    expect(hub.address).toBe(twin.hub.address);
    await expect(
      hub.send(supplier.address, 'redeem', supplier.address, service, await f.epoch(), [row]),
    ).rejects.toMatchObject({ errorName: 'BadSignature' });
  });

  it('in its other form (high s), and with the other parity, is refused', async () => {
    const scene = await openScene();
    const { f, hub, supplier, service } = scene;
    const row = await scene.rowOf({ amount: AMOUNT });
    const vs = BigInt(row.vs);
    const parity = vs >> 255n;
    const s = vs & (2n ** 255n - 1n);
    const forms = [
      ((1n - parity) << 255n) | (ORDER - s),
      (parity << 255n) | (ORDER - s),
      ((1n - parity) << 255n) | s,
    ];
    for (const form of forms) {
      const rows = [{ ...row, vs: pad(`0x${form.toString(16)}`) }];
      await expect(
        hub.send(supplier.address, 'redeem', supplier.address, service, await f.epoch(), rows),
      ).rejects.toMatchObject({ errorName: 'BadSignature' });
    }
  });

  it('of an epoch long past does not come back with a new stake', async () => {
    const scene = await openScene();
    const { f, hub, app, supplier, service } = scene;
    const old = await f.epoch();
    const row = await scene.rowOf({ amount: SHARE });
    await hub.send(app.address, 'thaw', STAKE);
    await f.skipEpochs(WINDOW + 1);
    await hub.send(app.address, 'withdraw');
    await f.deposit(app.address, STAKE);
    const send = (epoch: number) =>
      hub.send(supplier.address, 'redeem', supplier.address, service, epoch, [row]);
    await expect(send(old)).rejects.toMatchObject({ errorName: 'EpochNotOpen' });
    // The same place of the ring.
    await f.skipEpochs(2 * WINDOW - ((await f.epoch()) - old));
    await expect(send(await f.epoch())).rejects.toMatchObject({ errorName: 'BadSignature' });
  });
});

describe('an application that wants to keep what it owes', () => {
  it('cannot thaw and withdraw before its suppliers had their time', async () => {
    const scene = await openScene();
    const { f, hub, app, supplier } = scene;
    const served = await f.epoch();
    await hub.send(app.address, 'thaw', STAKE);
    const { epochSeconds, redeemSeconds } = f.parameters;
    await f.chain.travelTo((served + 1) * epochSeconds + redeemSeconds - 10);
    await expect(hub.send(app.address, 'withdraw')).rejects.toMatchObject({
      errorName: 'StillThawing',
    });
    await scene.redeem({ amount: SHARE }, { epoch: served });
    expect(await creditOf(f, supplier)).toBe((SHARE * 19n) / 20n);
  });

  it('cannot take back its key, its pins or its budget', async () => {
    const scene = await openScene();
    const { f, hub, app, hot, service, stranger, supplier } = scene;
    const served = await f.epoch();
    await hub.send(app.address, 'revokeKey', hot.address);
    await f.grant(app.address, actor(810));
    await hub.send(app.address, 'enrol', service, 1n, [stranger.address]);
    await hub.send(app.address, 'setBudget', service, 0n);
    await f.skipEpochs(2);
    await scene.redeem({ amount: SHARE }, { epoch: served });
    expect(await creditOf(f, supplier)).toBe((SHARE * 19n) / 20n);
  });

  it('cannot drain the stake to suppliers of its own', async () => {
    const scene = await openScene({ supplierCount: 4 });
    const { f, app, service, hub, suppliers } = scene;
    const [honest = scene.stranger, ...own] = suppliers;
    const part = BUDGET / 4n;
    const served = await f.epoch();
    await hub.send(app.address, 'thaw', STAKE);
    // Everything that any open epoch lets it take, in every epoch until the honest window closes.
    for (let passed = 0; passed < WINDOW - 1; passed++) {
      const epoch = await f.epoch();
      for (const [at, { address: supplier }] of own.entries()) {
        await scene.redeem({ draw: at + 1, amount: part }, { supplier, epoch });
        await expect(
          scene.redeem({ draw: at + 1, amount: part + 1n }, { supplier, epoch }),
        ).rejects.toMatchObject({ errorName: 'AboveAllowance' });
      }
      if (passed < WINDOW - 2) await f.skipEpochs(1);
    }
    await scene.redeem({ amount: part }, { epoch: served, service });
    expect(await creditOf(f, honest)).toBe((part * 19n) / 20n);
    expect((await stakeOf(f, app)).balance).toBe(STAKE - part - 3n * 3n * part);
  });
});
