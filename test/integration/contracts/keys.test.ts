/** Hot keys on a real EVM: whose signature counts for which epoch. */
import { pad, zeroAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { actor, type Actor } from './hub-fixture.ts';
import { openScene, quoteOf, rowsOf, STAKE, type Scene } from './hub-scene.ts';
import { keyGrantDigest, NO_END, signDigest } from './hub-typed-data.ts';

const next = actor(500);

const isValid = ({ hub, app }: Scene, key: Actor, epoch: number) =>
  hub.read('isKeyValid', app.address, key.address, epoch);

describe('a granted key', () => {
  it('signs at once when it is the first, and until it is replaced', async () => {
    const scene = await openScene();
    const { f, hub, app, hot } = scene;
    const epoch = await f.epoch();
    expect(await isValid(scene, hot, epoch - 1)).toBe(false);
    expect(await isValid(scene, hot, epoch)).toBe(true);
    expect(await isValid(scene, hot, NO_END - 1)).toBe(true);
    const sent = await f.grant(app.address, next);
    expect(sent.events).toEqual([
      {
        name: 'KeyRevoked',
        args: { application: app.address, key: hot.address, untilEpoch: epoch + 1 },
      },
      {
        name: 'KeyGranted',
        args: {
          application: app.address,
          key: next.address,
          fromEpoch: epoch + 1,
          untilEpoch: NO_END,
        },
      },
    ]);
    expect(await isValid(scene, hot, epoch)).toBe(true);
    expect(await isValid(scene, hot, epoch + 1)).toBe(false);
    expect(await isValid(scene, next, epoch)).toBe(false);
    expect(await isValid(scene, next, epoch + 1)).toBe(true);
    expect(await hub.read('hotKeyOf', app.address)).toBe(next.address);
    expect(await hub.read('keyNonce', app.address)).toBe(2n);
    // What a supplier is told is the key of the session's epoch.
    const supplier = scene.supplier;
    const keyIn = async (at: number) => (await quoteOf(scene, supplier, at)).hotKey;
    expect(await keyIn(epoch)).toBe(hot.address);
    expect(await keyIn(epoch + 1)).toBe(next.address);
  });

  it('replaced twice in an epoch leaves the key of that epoch in place', async () => {
    const scene = await openScene();
    const { f, app, hot, supplier } = scene;
    const epoch = await f.epoch();
    await f.grant(app.address, next);
    await f.grant(app.address, actor(501));
    expect((await quoteOf(scene, supplier)).hotKey).toBe(hot.address);
    expect(await isValid(scene, next, epoch + 1)).toBe(false);
    expect(await isValid(scene, actor(501), epoch + 1)).toBe(true);
  });

  it('pays for the epochs of its term and no other, in its fast place or not', async () => {
    const scene = await openScene();
    const { f, app, hot } = scene;
    await f.deposit(app.address, STAKE);
    await f.skipEpochs(4);
    await scene.redeem({ amount: 10n });
    const last = await f.epoch();
    await f.grant(app.address, next);
    await f.skipEpochs(1);
    const first = await f.epoch();
    const amount = 20n;
    const refused = { errorName: 'BadSignature' };
    await expect(scene.redeem({ amount }, { epoch: first })).rejects.toMatchObject(refused);
    await expect(scene.redeem({ amount }, { epoch: last, signer: next })).rejects.toMatchObject(
      refused,
    );
    expect(rowsOf(await scene.redeem({ amount }, { epoch: last, signer: hot }))).toHaveLength(1);
    expect(rowsOf(await scene.redeem({ amount }, { epoch: first, signer: next }))).toHaveLength(1);
    // Having paid for its own epoch does not make it pay for the one before.
    await expect(
      scene.redeem({ amount: 40n }, { epoch: last, signer: next }),
    ).rejects.toMatchObject(refused);
    await f.skipEpochs(3);
    expect(rowsOf(await scene.redeem({ amount }, { signer: next }))).toHaveLength(1);
    // Now it is in its fast place, and the epoch before it is closed.
    await expect(
      scene.redeem({ amount: 40n }, { epoch: last, signer: next }),
    ).rejects.toMatchObject({ errorName: 'EpochNotOpen' });
  });

  it('still signs when its account has code, as a delegated one has', async () => {
    const scene = await openScene();
    await scene.f.chain.client.setCode({
      address: scene.hot.address,
      bytecode: `0xef0100${scene.f.token.address.slice(2)}`,
    });
    expect(rowsOf(await scene.redeem({ amount: 10n }))).toHaveLength(1);
  });
});

describe('a grant', () => {
  async function refusal(change: {
    readonly application?: Actor;
    readonly sender?: Actor;
    readonly key?: Actor;
    readonly signer?: Actor;
    readonly fromEpoch?: number;
    readonly nonce?: bigint;
    readonly lateBy?: bigint;
    readonly chainId?: number;
  }) {
    const { f, hub, app } = await openScene();
    const key = change.key ?? next;
    const deadline = BigInt(await f.chain.now()) + 600n - (change.lateBy ?? 0n);
    const fields = {
      application: (change.application ?? app).address,
      key: key.address,
      fromEpoch: change.fromEpoch ?? (await f.epoch()) + 1,
      untilEpoch: NO_END,
      nonce: change.nonce ?? 1n,
      deadline,
    };
    const place = { ...f.place, chainId: change.chainId ?? f.place.chainId };
    const signature = await signDigest(keyGrantDigest(place, fields), (change.signer ?? key).key);
    const sender = (change.sender ?? app).address;
    return hub.send(sender, 'grantHotKey', key.address, deadline, signature.r, signature.vs);
  }

  it('as it should be is taken', async () => {
    expect((await refusal({})).events).toHaveLength(2);
  });

  const wrong = {
    'signed by another key': { signer: actor(600) },
    'for another application': { application: actor(601) },
    'sent by another application': { sender: actor(602), nonce: 0n },
    'for an epoch that has begun': { fromEpoch: 41_000 },
    'with a nonce that was used': { nonce: 0n },
    'for another chain': { chainId: 1 },
  } as const;
  for (const [name, change] of Object.entries(wrong)) {
    it(`${name} is refused`, async () => {
      await expect(refusal(change)).rejects.toMatchObject({ errorName: 'BadKeyGrant' });
    });
  }

  it('past its deadline is refused', async () => {
    await expect(refusal({ lateBy: 10_000n })).rejects.toMatchObject({ errorName: 'GrantExpired' });
  });

  it('of no key with no signature is refused', async () => {
    const { hub, app, f } = await openScene();
    const deadline = BigInt(await f.chain.now()) + 600n;
    const nothing = pad('0x00');
    await expect(
      hub.send(app.address, 'grantHotKey', zeroAddress, deadline, nothing, nothing),
    ).rejects.toMatchObject({ errorName: 'BadKeyGrant' });
  });

  it('of a key that had a term is refused, so that the term stays as it was', async () => {
    const scene = await openScene();
    const { f, app, hot } = scene;
    await expect(f.grant(app.address, hot)).rejects.toMatchObject({ errorName: 'KeyAlreadyUsed' });
    await f.grant(app.address, next);
    await f.skipEpochs(2);
    await expect(f.grant(app.address, hot)).rejects.toMatchObject({ errorName: 'KeyAlreadyUsed' });
  });
});

describe('a revocation', () => {
  it('holds from the next epoch on, and only the application can make it', async () => {
    const scene = await openScene();
    const { f, hub, app, hot, stranger, supplier } = scene;
    const epoch = await f.epoch();
    await expect(hub.send(stranger.address, 'revokeKey', hot.address)).rejects.toMatchObject({
      errorName: 'UnknownKey',
    });
    await hub.send(app.address, 'revokeKey', hot.address);
    expect(await hub.read('hotKeyOf', app.address)).toBe(zeroAddress);
    expect(await quoteOf(scene, supplier, epoch)).toMatchObject({
      hotKey: hot.address,
      keyValid: true,
    });
    expect(await quoteOf(scene, supplier, epoch + 1)).toMatchObject({
      hotKey: zeroAddress,
      keyValid: false,
    });
    await expect(hub.send(app.address, 'revokeKey', hot.address)).rejects.toMatchObject({
      errorName: 'UnknownKey',
    });
    await f.grant(app.address, next);
    expect(await isValid(scene, next, epoch)).toBe(false);
    expect(await isValid(scene, next, epoch + 1)).toBe(true);
  });
});
