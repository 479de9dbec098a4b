/** Stakes, thaws and credits on a real EVM: who can move what, and when. */
import { encodeFunctionData, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actor, contractAt, deployHub, PRACTICE_EPOCHS, readArtifact } from './hub-fixture.ts';
import { creditOf, openScene, stakeOf, STAKE, WINDOW, type Scene } from './hub-scene.ts';

const TOKENS = 'test/integration/contracts/tokens';

const tokensOf = async ({ f }: Pick<Scene, 'f'>, owner: string) =>
  z.bigint().parse(await f.token.read('balanceOf', owner));

describe('a deposit', () => {
  it('adds to the stake of whom it is for and says who brought it', async () => {
    const scene = await openScene();
    const { f, hub, app, stranger } = scene;
    await f.fund(stranger.address, 500n);
    const sent = await hub.send(stranger.address, 'depositFor', app.address, 500n);
    expect(sent.events).toEqual([
      {
        name: 'Deposited',
        args: { application: app.address, from: stranger.address, amount: 500n },
      },
    ]);
    expect((await stakeOf(f, app)).balance).toBe(STAKE + 500n);
    expect(await tokensOf(scene, hub.address)).toBe(STAKE + 500n);
  });

  it('is refused without an amount, for nobody, and without the tokens', async () => {
    const { hub, app, stranger } = await openScene();
    await expect(hub.send(stranger.address, 'depositFor', app.address, 0n)).rejects.toMatchObject({
      errorName: 'ZeroAmount',
    });
    await expect(hub.send(stranger.address, 'depositFor', zeroAddress, 1n)).rejects.toMatchObject({
      errorName: 'ZeroAddress',
    });
    await expect(hub.send(stranger.address, 'depositFor', app.address, 1n)).rejects.toThrow();
  });

  it('of a token that keeps a fee is refused', async () => {
    const f = await deployHub(PRACTICE_EPOCHS, readArtifact('FeeToken', TOKENS));
    const app = actor(100);
    await f.fund(app.address, 100n);
    await expect(f.hub.send(app.address, 'depositFor', app.address, 50n)).rejects.toMatchObject({
      errorName: 'InexactTransfer',
      args: [49n],
    });
  });

  it('cannot be spent in a callback before its tokens are there', async () => {
    const artifact = readArtifact('CallbackToken', TOKENS);
    const scene = await openScene({ token: artifact });
    const { f, hub, app, supplier } = scene;
    await scene.redeem({ amount: 1_000n });
    await f.fund(app.address, 1_000n);
    const token = contractAt(f.chain, artifact.abi, f.token.address);
    const { abi } = readArtifact('RelayHub');
    const take = encodeFunctionData({
      abi,
      functionName: 'withdrawCredit',
      args: [supplier.address],
    });
    await token.send(app.address, 'onNextTransfer', hub.address, take);
    await expect(hub.send(app.address, 'depositFor', app.address, 1_000n)).rejects.toMatchObject({
      errorName: 'InexactTransfer',
    });
    // Nor can a credit be withdrawn a second time on its way out.
    await token.send(app.address, 'onNextTransfer', hub.address, take);
    await expect(
      hub.send(supplier.address, 'withdrawCredit', supplier.address),
    ).rejects.toMatchObject({ errorName: 'CreditTooLow' });
    expect(await creditOf(f, supplier)).toBe(950n);
  });
});

describe('a thaw', () => {
  it('lasts at least W epochs and starts anew when it is raised', async () => {
    const scene = await openScene();
    const { f, hub, app } = scene;
    const epoch = await f.epoch();
    await hub.send(app.address, 'thaw', 100n);
    expect(await stakeOf(f, app)).toEqual({
      balance: STAKE,
      thawing: 100n,
      thawEndEpoch: epoch + WINDOW + 1,
    });
    await f.skipEpochs(WINDOW);
    await expect(hub.send(app.address, 'withdraw')).rejects.toMatchObject({
      errorName: 'StillThawing',
    });
    await hub.send(app.address, 'thaw', 50n);
    await f.skipEpochs(1);
    await expect(hub.send(app.address, 'withdraw')).rejects.toMatchObject({
      errorName: 'StillThawing',
    });
    await f.skipEpochs(WINDOW);
    await hub.send(app.address, 'withdraw');
    expect(await tokensOf(scene, app.address)).toBe(150n);
    expect(await stakeOf(f, app)).toMatchObject({ balance: STAKE - 150n, thawing: 0n });
    await expect(hub.send(app.address, 'withdraw')).rejects.toMatchObject({
      errorName: 'NothingThawing',
    });
  });

  it('is refused for nothing, for more than is free, and is no thaw before it began', async () => {
    const { hub, app } = await openScene();
    await expect(hub.send(app.address, 'thaw', 0n)).rejects.toMatchObject({
      errorName: 'ZeroAmount',
    });
    await hub.send(app.address, 'thaw', STAKE - 1n);
    await expect(hub.send(app.address, 'thaw', 2n)).rejects.toMatchObject({
      errorName: 'BalanceTooLow',
      args: [1n],
    });
    await hub.send(app.address, 'cancelThaw');
    await expect(hub.send(app.address, 'cancelThaw')).rejects.toMatchObject({
      errorName: 'NothingThawing',
    });
    await expect(hub.send(app.address, 'withdraw')).rejects.toMatchObject({
      errorName: 'NothingThawing',
    });
  });

  it('leaves what thaws to be collected, and pays out what is left of it', async () => {
    const scene = await openScene();
    const { f, hub, app } = scene;
    await hub.send(app.address, 'thaw', STAKE);
    const epoch = await f.epoch();
    await scene.redeem({ amount: 2_000n }, { epoch });
    await expect(hub.send(app.address, 'thaw', 1n)).rejects.toMatchObject({
      errorName: 'BalanceTooLow',
      args: [0n],
    });
    await f.skipEpochs(WINDOW + 1);
    await hub.send(app.address, 'withdraw');
    expect(await tokensOf(scene, app.address)).toBe(STAKE - 2_000n);
    expect(await stakeOf(f, app)).toMatchObject({ balance: 0n, thawing: 0n });
  });

  it('is not touched by dust from a stranger', async () => {
    const { f, hub, app, stranger } = await openScene();
    await hub.send(app.address, 'thaw', 100n);
    const before = await stakeOf(f, app);
    await f.fund(stranger.address, 1n);
    await hub.send(stranger.address, 'depositFor', app.address, 1n);
    expect(await stakeOf(f, app)).toEqual({ ...before, balance: STAKE + 1n });
  });
});

describe('a credit', () => {
  it('goes to its owner, whoever asks for it, once', async () => {
    const scene = await openScene();
    const { hub, supplier, stranger } = scene;
    await scene.redeem({ amount: 1_000n });
    const sent = await hub.send(stranger.address, 'withdrawCredit', supplier.address);
    expect(sent.events).toEqual([
      { name: 'Paid', args: { owner: supplier.address, amount: 950n } },
    ]);
    expect(await tokensOf(scene, supplier.address)).toBe(950n);
    await expect(
      hub.send(stranger.address, 'withdrawCredit', supplier.address),
    ).rejects.toMatchObject({ errorName: 'CreditTooLow' });
  });

  it('becomes a stake without leaving the hub, for its owner alone', async () => {
    const scene = await openScene();
    const { f, hub, supplier, stranger } = scene;
    await scene.redeem({ amount: 1_000n });
    await expect(
      hub.send(stranger.address, 'stakeCredit', stranger.address, 1n),
    ).rejects.toMatchObject({ errorName: 'CreditTooLow' });
    await expect(
      hub.send(supplier.address, 'stakeCredit', supplier.address, 951n),
    ).rejects.toMatchObject({ errorName: 'CreditTooLow', args: [950n] });
    await hub.send(supplier.address, 'stakeCredit', stranger.address, 900n);
    expect((await stakeOf(f, stranger)).balance).toBe(900n);
    expect(await creditOf(f, supplier)).toBe(50n);
    expect(await tokensOf(scene, hub.address)).toBe(STAKE);
  });
});

describe('the practice coin', () => {
  it('has six decimals and a limit to each helping', async () => {
    const { f, stranger } = await openScene();
    const most = 1_000_000n * 10n ** 6n;
    expect(await f.token.read('decimals')).toBe(6);
    expect(await f.token.read('symbol')).toBe('PRAC');
    await f.token.send(stranger.address, 'faucet', stranger.address, most);
    await expect(
      f.token.send(stranger.address, 'faucet', stranger.address, most + 1n),
    ).rejects.toMatchObject({ errorName: 'FaucetLimit', args: [most] });
  });
});

describe('a hub', () => {
  const parameters = Object.values(PRACTICE_EPOCHS);
  const refused: readonly (readonly [string, readonly unknown[]])[] = [
    ['a token without code', [zeroAddress, ...parameters]],
    ['an epoch of no time', [null, 0, 86_400, 7_200, 120]],
    ['a grace beyond the window', [null, 43_200, 60, 7_200, 61]],
    ['more open epochs than a ring has places', [null, 60, 86_400, 7_200, 120]],
    ['no time to redeem', [null, 60, 0, 0, 0]],
  ];
  for (const [what, [token, ...rest]] of refused) {
    it(`is not made with ${what}`, async () => {
      const { f } = await openScene();
      const args = [token ?? f.token.address, ...rest];
      const deployed = f.chain.deploy(f.chain.account(0), readArtifact('RelayHub'), args);
      await expect(deployed).rejects.toThrow();
    });
  }

  it('derives how many epochs are open from its times', async () => {
    const short = { epochSeconds: 60, redeemSeconds: 60, proofSeconds: 30, graceSeconds: 5 };
    const { hub } = await deployHub(short);
    expect(await hub.read('windowEpochs')).toBe(3);
    expect(await hub.read('reserveEpochs')).toBe(5);
  });
});
