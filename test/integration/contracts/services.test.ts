/** Listings, suppliers and budgets on a real EVM. */
import { pad, zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';
import { actor } from './hub-fixture.ts';
import {
  BUDGET,
  creditOf,
  openScene,
  quoteOf,
  RESERVE,
  ROYALTY_BPS,
  rowsOf,
  STAKE,
  WINDOW,
  type Scene,
} from './hub-scene.ts';
import { serviceId, weightsHash } from './hub-typed-data.ts';

const model = pad('0x77');

const termsOf = ({ hub, app, service }: Scene, epoch: number) =>
  hub.read('termsAt', app.address, service, epoch);

const sumOf = ({ hub, app }: Scene) => hub.read('sumBudgetsOf', app.address);

describe('a listing', () => {
  it('is named by its file, its source and its weights', async () => {
    const { f, hub, source } = await openScene();
    const weights = weightsHash({ promptMilli: 1, cachedMilli: 2, outputMilli: 3, heldMilli: 4 });
    const sent = await hub.send(source.address, 'listModel', model, weights, 2_000, 'https://x');
    const service = serviceId(model, source.address, weights);
    expect(sent.events).toEqual([
      {
        name: 'ModelListed',
        args: {
          service,
          source: source.address,
          ggufSha256: model,
          weightsHash: weights,
          royaltyBps: 2_000,
          uri: 'https://x',
        },
      },
    ]);
    expect(await hub.read('model', service)).toMatchObject({
      source: source.address,
      nextRoyaltyBps: 2_000,
      ggufSha256: model,
    });
    // The same file listed by somebody else is another service.
    expect(await f.list(actor(700).address, model, 0)).not.toBe(service);
  });

  it('is refused twice, and above the highest royalty', async () => {
    const { f, hub, source } = await openScene();
    const args = [model, zeroHash, 2_001, ''];
    await expect(hub.send(source.address, 'listModel', ...args)).rejects.toMatchObject({
      errorName: 'RoyaltyTooHigh',
    });
    await f.list(source.address, model, 10);
    await expect(f.list(source.address, model, 20)).rejects.toMatchObject({
      errorName: 'AlreadyListed',
    });
  });

  it('without a royalty leaves everything to the supplier', async () => {
    const scene = await openScene();
    const { f, hub, app, supplier, source } = scene;
    const service = await f.list(source.address, model, 0);
    await f.deposit(app.address, STAKE);
    await hub.send(app.address, 'enrol', service, BUDGET, [supplier.address]);
    await f.skipEpochs(1);
    await scene.redeem({ amount: 999n }, { service });
    expect(await creditOf(f, supplier)).toBe(999n);
    expect(await creditOf(f, source)).toBe(0n);
  });

  it('pays the royalty rounded down, never more than its rate', async () => {
    const scene = await openScene();
    await scene.redeem({ amount: 19n });
    expect(await creditOf(scene.f, scene.source)).toBe((19n * BigInt(ROYALTY_BPS)) / 10_000n);
    expect(await creditOf(scene.f, scene.supplier)).toBe(19n);
  });
});

describe('a payout', () => {
  it('is the supplier until it names one, and then moves by the word of that one alone', async () => {
    const { hub, supplier } = await openScene();
    const [cold, colder] = [actor(701), actor(702)];
    const payout = () => hub.read('payoutOf', supplier.address);
    expect(await payout()).toBe(supplier.address);
    await expect(
      hub.send(cold.address, 'movePayout', supplier.address, cold.address),
    ).rejects.toMatchObject({ errorName: 'NotPayout', args: [supplier.address] });
    await hub.send(supplier.address, 'registerSupplier', cold.address);
    await hub.send(supplier.address, 'registerSupplier', cold.address);
    expect(await payout()).toBe(cold.address);
    await expect(
      hub.send(supplier.address, 'registerSupplier', colder.address),
    ).rejects.toMatchObject({ errorName: 'NotPayout' });
    await hub.send(cold.address, 'movePayout', supplier.address, colder.address);
    expect(await payout()).toBe(colder.address);
    await expect(
      hub.send(colder.address, 'movePayout', supplier.address, zeroAddress),
    ).rejects.toMatchObject({ errorName: 'ZeroAddress' });
  });
});

describe('an enrolment', () => {
  it('starts at once when it is the first, and splits its budget into equal draws', async () => {
    const scene = await openScene({ supplierCount: 3, budget: 1_000n });
    const [, second = scene.stranger] = scene.suppliers;
    const epoch = await scene.f.epoch();
    expect(await termsOf(scene, epoch)).toEqual([1_000n, 3]);
    expect(await termsOf(scene, epoch - 1)).toEqual([0n, 0]);
    expect(await quoteOf(scene, second)).toEqual({
      solvent: true,
      draw: 1,
      allowance: 333n,
      paid: 0n,
      hotKey: scene.hot.address,
      keyValid: true,
    });
    expect(await quoteOf(scene, scene.stranger)).toMatchObject({ allowance: 0n });
  });

  it('changes from the next epoch on, and the epochs before keep their suppliers', async () => {
    // No time for proofs: all W epochs can be redeemed while the next one is already set.
    const parameters = { epochSeconds: 60, redeemSeconds: 180, proofSeconds: 0, graceSeconds: 5 };
    const scene = await openScene({ parameters });
    const { f, hub, app, service, supplier } = scene;
    await f.deposit(app.address, STAKE);
    const first = await f.epoch();
    const others = Array.from({ length: 6 }, (_, at) => actor(710 + at));
    for (const other of others) {
      // Again and again: every open epoch has terms of its own.
      await hub.send(app.address, 'enrol', service, BUDGET, [other.address, supplier.address]);
      await hub.send(app.address, 'enrol', service, BUDGET, [other.address]);
      await f.skipEpochs(1);
    }
    const now = await f.epoch();
    expect(now).toBe(first + 6);
    expect(await hub.read('windowEpochs')).toBe(WINDOW);
    await hub.send(app.address, 'enrol', service, BUDGET, [app.address, app.address]);
    for (let epoch = now - WINDOW + 1; epoch <= now; epoch++) {
      const own = others[epoch - first - 1]?.address;
      const before = others[epoch - first - 2]?.address;
      const how = { epoch, from: app.address } as const;
      await expect(
        scene.redeem({ amount: 1n }, { ...how, supplier: before ?? zeroAddress }),
      ).rejects.toMatchObject({ errorName: 'NotPinned' });
      const sent = await scene.redeem({ amount: BUDGET }, { ...how, supplier: own ?? zeroAddress });
      expect(rowsOf(sent)).toHaveLength(1);
    }
  });

  it('that was paid under earlier terms is looked up anew once they changed', async () => {
    const scene = await openScene();
    const { f, hub, app, service, stranger } = scene;
    await f.deposit(app.address, STAKE);
    await scene.redeem({ amount: 10n });
    await f.skipEpochs(WINDOW - 1);
    await hub.send(app.address, 'enrol', service, BUDGET, [stranger.address]);
    await f.skipEpochs(1);
    // The supplier's word in the ring is the one it was paid by W epochs ago.
    await expect(scene.redeem({ amount: 10n })).rejects.toMatchObject({ errorName: 'NotPinned' });
  });

  it('is refused for what is not listed, without a budget, and with no or too many draws', async () => {
    const { hub, app, service, supplier } = await openScene();
    const one = [supplier.address];
    const refusals = [
      [[zeroHash, BUDGET, one], 'UnknownService'],
      [[service, 0n, one], 'ZeroAmount'],
      [[service, BUDGET, []], 'BadDrawCount'],
      [[service, BUDGET, Array.from({ length: 17 }, () => supplier.address)], 'BadDrawCount'],
      [[service, BUDGET, [zeroAddress]], 'ZeroAddress'],
      [[service, BUDGET + 1n, one], 'NotCovered'],
    ] as const;
    for (const [args, errorName] of refusals) {
      await expect(hub.send(app.address, 'enrol', ...args)).rejects.toMatchObject({ errorName });
    }
    const most = Array.from({ length: 16 }, () => supplier.address);
    expect((await hub.send(app.address, 'enrol', service, BUDGET, most)).events).toHaveLength(17);
  });
});

describe('a budget', () => {
  it('rises from the next epoch on, if the stake covers it', async () => {
    const scene = await openScene();
    const { f, hub, app, service, supplier } = scene;
    const epoch = await f.epoch();
    await expect(hub.send(app.address, 'setBudget', service, BUDGET + 1n)).rejects.toMatchObject({
      errorName: 'NotCovered',
      args: [RESERVE * (BUDGET + 1n)],
    });
    await f.deposit(app.address, RESERVE * 1_000n);
    await hub.send(app.address, 'setBudget', service, BUDGET + 1_000n);
    expect(await termsOf(scene, epoch)).toEqual([BUDGET, 2]);
    expect(await termsOf(scene, epoch + 1)).toEqual([BUDGET + 1_000n, 2]);
    expect(await sumOf(scene)).toBe(BUDGET + 1_000n);
    expect((await quoteOf(scene, supplier)).solvent).toBe(true);
    await hub.send(app.address, 'thaw', 1n);
    expect((await quoteOf(scene, supplier)).solvent).toBe(false);
  });

  it('falls from the next epoch on, but counts while the old one can be redeemed', async () => {
    const scene = await openScene();
    const { f, hub, app, service } = scene;
    await hub.send(app.address, 'setBudget', service, 1_000n);
    for (let passed = 0; passed < WINDOW; passed++) {
      expect(await sumOf(scene)).toBe(BUDGET);
      await f.skipEpochs(1);
    }
    expect(await sumOf(scene)).toBe(1_000n);
    // Nothing is left of the first budget, so this is a raise.
    await hub.send(app.address, 'setBudget', service, BUDGET);
    expect(await sumOf(scene)).toBe(BUDGET);
  });

  it('that fell by mistake can be raised again without more stake', async () => {
    const scene = await openScene();
    const { hub, app, service } = scene;
    await hub.send(app.address, 'setBudget', service, 0n);
    await hub.send(app.address, 'setBudget', service, BUDGET);
    expect(await sumOf(scene)).toBe(BUDGET);
  });

  it('of nothing ends all draws; once none is open, a new one starts at once', async () => {
    const scene = await openScene();
    const { f, hub, app, service, supplier } = scene;
    await hub.send(app.address, 'setBudget', service, 0n);
    await f.skipEpochs(1);
    expect(await quoteOf(scene, supplier)).toMatchObject({ solvent: false, allowance: 0n });
    await f.skipEpochs(WINDOW);
    await hub.send(app.address, 'enrol', service, BUDGET, [supplier.address]);
    expect(await quoteOf(scene, supplier)).toMatchObject({ solvent: true, allowance: BUDGET });
  });

  it('is refused for a service that the application has not enrolled in', async () => {
    const { hub, service, stranger } = await openScene();
    await expect(hub.send(stranger.address, 'setBudget', service, 0n)).rejects.toMatchObject({
      errorName: 'NotEnrolled',
    });
  });
});
