/** Redemption on a real EVM: what a row pays, to whom, and what it is refused for. */
import { pad, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actor, Reverted } from './hub-fixture.ts';
import { BUDGET, creditOf, openScene, quoteOf, rowsOf, stakeOf, STAKE } from './hub-scene.ts';

const SHARE = BUDGET / 2n;

describe('a row', () => {
  it('moves the charge from the stake to the source and the supplier', async () => {
    const scene = await openScene();
    const sent = await scene.redeem({ amount: 1_001n, cumulative: 1_500n });
    expect(rowsOf(sent)).toEqual([{ draw: 0, paidInAll: 1_001n, paid: 1_001n }]);
    expect((await stakeOf(scene.f, scene.app)).balance).toBe(STAKE - 1_001n);
    expect(await creditOf(scene.f, scene.source)).toBe(50n);
    expect(await creditOf(scene.f, scene.supplier)).toBe(951n);
    const epoch = await scene.f.epoch();
    expect(await scene.hub.read('drawAt', scene.app.address, scene.service, epoch, 0)).toEqual([
      scene.supplier.address,
      SHARE,
      1_001n,
      1_500n,
    ]);
  });

  it('pays only what its amount exceeds the amounts before, in any order', async () => {
    const scene = await openScene();
    const paid = [];
    for (const amount of [300n, 300n, 250n, 0n, 450n]) {
      paid.push(rowsOf(await scene.redeem({ amount, cumulative: 600n })).map((row) => row.paid));
    }
    expect(paid).toEqual([[300n], [], [], [], [150n]]);
    expect((await quoteOf(scene, scene.supplier)).paid).toBe(450n);
    // What a contest starts from is the highest voucher, not the latest.
    await scene.redeem({ amount: 500n, cumulative: 520n });
    const { app, hub, service, f } = scene;
    const draw = z
      .tuple([z.string(), z.bigint(), z.bigint(), z.bigint()])
      .parse(await hub.read('drawAt', app.address, service, await f.epoch(), 0));
    expect(draw.slice(2)).toEqual([500n, 600n]);
  });

  it('pays each application of a batch, and one that occurs twice no more than once', async () => {
    const scene = await openScene();
    const { f, hub, supplier, service } = scene;
    const other = actor(300);
    const otherHot = actor(301);
    await f.deposit(other.address, STAKE);
    await f.grant(other.address, otherHot);
    await hub.send(other.address, 'enrol', service, BUDGET, [supplier.address]);
    const rows = [
      await scene.rowOf({ amount: 100n }),
      await scene.rowOf({ application: other.address, amount: 3_000n }, { signer: otherHot }),
      await scene.rowOf({ amount: 100n }),
      await scene.rowOf({ amount: 130n }),
    ];
    const epoch = await f.epoch();
    const sent = await hub.send(supplier.address, 'redeem', supplier.address, service, epoch, rows);
    expect(rowsOf(sent).map(({ paid }) => paid)).toEqual([100n, 3_000n, 30n]);
    expect(sent.events.at(-1)).toEqual({
      name: 'Redeemed',
      args: { supplier: supplier.address, service, epoch, total: 3_130n },
    });
  });

  it('can be sent by anyone, and pays whom it always pays', async () => {
    const scene = await openScene();
    const payout = actor(400);
    await scene.hub.send(scene.supplier.address, 'registerSupplier', payout.address);
    await scene.redeem({ amount: 1_000n }, { from: scene.stranger.address });
    expect(await creditOf(scene.f, payout)).toBe(950n);
    expect(await creditOf(scene.f, scene.stranger)).toBe(0n);
  });

  it('takes what the stake still holds, and the rest once there is more', async () => {
    const scene = await openScene();
    const { f, hub, app } = scene;
    await hub.send(app.address, 'thaw', STAKE);
    await f.skipEpochs(5);
    await hub.send(app.address, 'withdraw');
    expect(rowsOf(await scene.redeem({ amount: 700n }))).toEqual([]);
    await f.deposit(app.address, 300n);
    expect(rowsOf(await scene.redeem({ amount: 700n }))[0]?.paid).toBe(300n);
    await f.deposit(app.address, 1_000n);
    expect(rowsOf(await scene.redeem({ amount: 700n }))[0]).toMatchObject({
      paidInAll: 700n,
      paid: 400n,
    });
  });

  it('gives a supplier with two draws two shares', async () => {
    const scene = await openScene();
    const { app, hub, service, suppliers } = scene;
    const [first = scene.stranger, second = scene.stranger] = suppliers;
    const twice = [second.address, first.address, first.address, second.address];
    await hub.send(app.address, 'enrol', service, BUDGET, twice);
    await scene.f.skipEpochs(1);
    await scene.redeem({ draw: 1, amount: BUDGET / 4n });
    await scene.redeem({ draw: 2, amount: BUDGET / 4n });
    expect(await creditOf(scene.f, first)).toBe((BUDGET / 2n / 20n) * 19n);
    expect((await quoteOf(scene, first)).draw).toBe(1);
  });
});

describe('a row is refused, with its place in the batch,', () => {
  const cases = {
    'when it charges more than its voucher': { amount: 11n, cumulative: 10n, as: 'AboveVoucher' },
    'beyond the allowance': { amount: SHARE + 1n, as: 'AboveAllowance' },
    'for a draw of somebody else': { amount: 10n, draw: 1, as: 'NotPinned' },
    'for a draw that the budget is not split into': { amount: 10n, draw: 2, as: 'NotPinned' },
    'for no possible draw': { amount: 10n, draw: 16, as: 'MalformedRow' },
    'with bits above its draw': { amount: 10n, draw: 256, as: 'MalformedRow' },
    'for an application that never enrolled': {
      amount: 10n,
      application: zeroAddress,
      as: 'NotPinned',
    },
  } as const;
  for (const [name, { as, ...fields }] of Object.entries(cases)) {
    it(name, async () => {
      const scene = await openScene();
      const { f, hub, supplier, service } = scene;
      const epoch = await f.epoch();
      const good = await scene.rowOf({ amount: 5n });
      // What no typed data can say is signed as the nearest that it can.
      const signed = await scene.rowOf({
        ...fields,
        draw: 'draw' in fields ? fields.draw % 16 : 0,
      });
      const draw = 'draw' in fields ? BigInt(fields.draw) : 0n;
      const drawAndAmounts = (signed.drawAndAmounts & (2n ** 192n - 1n)) | (draw << 192n);
      const rows = [good, { ...signed, drawAndAmounts }];
      await expect(
        hub.send(supplier.address, 'redeem', supplier.address, service, epoch, rows),
      ).rejects.toSatisfy(
        (error) => error instanceof Reverted && error.errorName === as && error.args[0] === 1n,
      );
      expect(await creditOf(f, supplier)).toBe(0n);
    });
  }

  it('when its signature is no signature, whether or not the key is in its fast place', async () => {
    const scene = await openScene();
    const { f, hub, app, supplier, service } = scene;
    const broken = [
      { r: zeroHash, vs: zeroHash },
      { r: pad('0x01'), vs: pad('0x01') },
      { r: `0x${'ff'.repeat(32)}`, vs: `0x${'ff'.repeat(32)}` },
    ] as const;
    const attempt = async (signature: (typeof broken)[number]) => {
      const row = { ...(await scene.rowOf({ amount: 10n })), ...signature };
      const epoch = await f.epoch();
      return hub.send(supplier.address, 'redeem', supplier.address, service, epoch, [row]);
    };
    for (const signature of broken) {
      await expect(attempt(signature)).rejects.toMatchObject({ errorName: 'BadSignature' });
    }
    await f.skipEpochs(4);
    // This puts the key into the application's first word.
    await scene.redeem({ amount: 5n });
    for (const signature of broken) {
      await expect(attempt(signature)).rejects.toMatchObject({ errorName: 'BadSignature' });
    }
    await hub.send(app.address, 'revokeKey', scene.hot.address);
    await f.skipEpochs(1);
    for (const signature of broken) {
      await expect(attempt(signature)).rejects.toMatchObject({ errorName: 'BadSignature' });
    }
  });
});

describe('the window of an epoch', () => {
  it('opens with the epoch and closes redeemSeconds after its end', async () => {
    const scene = await openScene();
    const { f, hub, app } = scene;
    await f.deposit(app.address, STAKE);
    const epoch = await f.epoch();
    const { epochSeconds, redeemSeconds } = f.parameters;
    const closesAt = (epoch + 1) * epochSeconds + redeemSeconds;
    await expect(scene.redeem({ amount: 1n }, { epoch: epoch + 1 })).rejects.toMatchObject({
      errorName: 'EpochNotOpen',
    });
    const early = await scene.rowOf({ amount: 10n }, { epoch });
    const late = await scene.rowOf({ amount: 20n }, { epoch });
    const send = (row: unknown) =>
      hub.send(scene.supplier.address, 'redeem', scene.supplier.address, scene.service, epoch, [
        row,
      ]);
    await f.chain.travelTo(closesAt - 60);
    await f.chain.client.setNextBlockTimestamp({ timestamp: BigInt(closesAt - 1) });
    await send(early);
    await f.chain.client.setNextBlockTimestamp({ timestamp: BigInt(closesAt) });
    await expect(send(late)).rejects.toMatchObject({ errorName: 'EpochNotOpen', args: [epoch] });
  });

  it('never lets two epochs be redeemed that share a place of the ring', async () => {
    const parameters = { epochSeconds: 60, redeemSeconds: 120, proofSeconds: 0, graceSeconds: 5 };
    const scene = await openScene({ parameters });
    const { f } = scene;
    const first = await f.epoch();
    await scene.redeem({ amount: SHARE });
    await f.skipEpochs(3);
    const timestamp = BigInt((first + 3) * parameters.epochSeconds);
    await f.chain.client.setNextBlockTimestamp({ timestamp });
    await expect(scene.redeem({ amount: SHARE }, { epoch: first })).rejects.toMatchObject({
      errorName: 'EpochNotOpen',
    });
  });

  it('a new epoch in the same place of the ring starts from nothing', async () => {
    const scene = await openScene();
    const { f } = scene;
    const first = await f.epoch();
    await f.deposit(scene.app.address, STAKE);
    for (let epoch = first; epoch < first + 9; epoch++) {
      const sent = await scene.redeem({ amount: SHARE });
      expect(rowsOf(sent)).toEqual([{ draw: 0, paidInAll: SHARE, paid: SHARE }]);
      await f.skipEpochs(1);
    }
    // All epochs whose window is open still remember what they paid.
    expect(rowsOf(await scene.redeem({ amount: SHARE }, { epoch: first + 7 }))).toEqual([]);
  });
});
