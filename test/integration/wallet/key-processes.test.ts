/** The signer and the keyring as real processes: what they sign, what they refuse, and what their death costs. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY_GRANT } from '../../../electron/chain/key-grant.ts';
import { hubCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import { keySigner } from '../../../electron/chain/sign-transaction-adapter.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { RECEIPT, type Receipt } from '../../../electron/protocol/receipt.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import { recoverSigner, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { openHotKeys } from '../../../electron/wallet/hot-keys.ts';
import { createKeyring, KEYRING_ENTRY } from '../../../electron/wallet/keyring.ts';
import { startKeySession } from '../../../electron/wallet/key-session.ts';
import type { HotKeys, SealingKey } from '../../../electron/wallet/ports.ts';
import { readPracticeKeys } from '../../../electron/wallet/practice-keys.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { keyStoreWith, NO_KEY_STORE } from '../../fakes/in-process-keys.ts';
import { createMemoryLog, type MemoryLog } from '../../fakes/memory-log.ts';
import { addressOfKey } from '../../fakes/test-keys.ts';

const HUB: Hex = `0x${'a1'.repeat(20)}`;
const TOKEN: Hex = `0x${'b2'.repeat(20)}`;
const POLICY = { chainId: 31_337, hub: HUB, token: TOKEN };
const DOMAIN_HASH = hashDomain({ chainId: 31_337n, verifyingContract: HUB });
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const VOUCHER_VALUES = { session: word('01'), cumulative: 123n, ref: word('02') };
const RECEIPT_VALUES: Receipt = {
  session: word('01'),
  ref: word('02'),
  sequence: 7,
  cumulative: 2n ** 95n,
  responseHash: word('03'),
  modelSha256: word('04'),
  profile: word('05'),
  promptTokens: 11,
  cachedTokens: 3,
  outputTokens: 5,
  heldTokens: 0,
  heldTokenSeconds: 0n,
  refundTokenSeconds: 0n,
  owedTokenSeconds: 0n,
  cu: 99n,
  totalCu: 2n ** 63n,
  charged: 12n,
  totalCharged: 99n,
  finish: 0,
  queuedMs: 1,
  firstTokenMs: 2,
  totalMs: 3,
  endedAtMs: 1_763_000_000_000n,
};
const TRANSACTION = {
  chainId: 31_337,
  nonce: 4,
  valueWei: 0n,
  gas: 300_000,
  maxFeePerGasWei: 2_000_000_000n,
  maxPriorityFeePerGasWei: 1n,
};

let folder = '';
let file = '';
let children: ForkedChildren;
let log: MemoryLog;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-signer-'));
  file = path.join(folder, 'practice-keys.json');
  children = createForkedChildren('wallet');
  log = createMemoryLog();
});
afterEach(async () => {
  await children.dispose();
  rmSync(folder, { recursive: true });
});

const portsWith = (sealing: SealingKey) => ({
  spawn: children.spawn,
  clock: systemClock,
  log,
  sealing,
});
const place = () => ({ path: file, policy: POLICY });
const openHot = (sealing = NO_KEY_STORE): Promise<HotKeys> =>
  openHotKeys(portsWith(sealing), place());

/** The same keys in this process, as they were read before there were others. */
function keysHere(sealingKey: Uint8Array | null = null) {
  return readPracticeKeys(file, { random: systemRandom, sealingKey });
}

async function killNewest(): Promise<void> {
  const child = children.processes.at(-1);
  if (!child) throw new Error('nothing was started');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the signer', () => {
  it('signs as the same keys did in main, to the last bit', async () => {
    const hot = await openHot();
    const keys = keysHere();
    expect(hot.keptIn).toBe('file');
    expect(hot.addresses).toEqual({
      owner: addressOfKey(keys.owner),
      relay: addressOfKey(keys.relay),
      supplier: addressOfKey(keys.supplier),
    });
    const voucherDigest = digestOf(DOMAIN_HASH, VOUCHER, VOUCHER_VALUES);
    const voucher = await hot.signVoucher(VOUCHER_VALUES);
    expect(voucher).toBe(signDigest(keys.relay, voucherDigest));
    expect(recoverSigner(voucherDigest, voucher)).toBe(hot.addresses.relay);
    const receiptDigest = digestOf(DOMAIN_HASH, RECEIPT, RECEIPT_VALUES);
    const receipt = await hot.signReceipt(RECEIPT_VALUES);
    expect(receipt).toBe(signDigest(keys.supplier, receiptDigest));
    expect(recoverSigner(receiptDigest, receipt)).toBe(hot.addresses.supplier);
    const grant = {
      application: hot.addresses.owner,
      key: hot.addresses.relay,
      fromEpoch: 1,
      untilEpoch: 9,
      nonce: 2n ** 255n,
      deadline: 5n,
    };
    const granted = await hot.signGrant(grant);
    expect(granted).toBe(signDigest(keys.relay, digestOf(DOMAIN_HASH, KEY_GRANT, grant)));
    const call = hubCalls(HUB).registerSupplier(hot.addresses.owner);
    const transaction = { ...TRANSACTION, to: HUB, data: call.data };
    const signed = await hot.signTransaction(transaction);
    expect(signed).toEqual(await keySigner(keys.supplier).sign(transaction));
    expect(toHex(await hot.peerSeed())).toBe(toHex(keys.peerSeed));
    await hot.dispose();
    expect(children.processes.every(({ signalCode, exitCode }) => signalCode ?? exitCode)).toBe(
      true,
    );
  });

  it('signs many at once, each answer to its own question', async () => {
    const hot = await openHot();
    const { relay } = keysHere();
    const vouchers = Array.from({ length: 200 }, (_, at) => ({
      ...VOUCHER_VALUES,
      cumulative: BigInt(at),
    }));
    const signatures = await Promise.all(vouchers.map((each) => hot.signVoucher(each)));
    expect(signatures).toEqual(
      vouchers.map((each) => signDigest(relay, digestOf(DOMAIN_HASH, VOUCHER, each))),
    );
    await hot.dispose();
  });

  it('refuses what its policy does not name, and goes on', async () => {
    const hot = await openHot();
    const stranger: Hex = `0x${'ee'.repeat(20)}`;
    const bad = { ...TRANSACTION, to: HUB, data: hubCalls(HUB).registerSupplier(stranger).data };
    await expect(hot.signTransaction(bad)).rejects.toMatchObject({ code: 'signing-refused' });
    await expect(
      hot.signTransaction({ ...TRANSACTION, to: HUB, data: hubCalls(HUB).withdraw().data }),
    ).rejects.toMatchObject({ code: 'signing-refused' });
    expect(await hot.signVoucher(VOUCHER_VALUES)).toMatch(/^0x/);
    expect(children.processes).toHaveLength(1);
    await hot.dispose();
  });

  it('costs what is being signed when it is killed, and no more', async () => {
    const hot = await openHot();
    const before = await hot.signVoucher(VOUCHER_VALUES);
    // Stopped, so that it dies with the question in its hands.
    children.processes[0]?.kill('SIGSTOP');
    const lost = hot.signReceipt(RECEIPT_VALUES);
    lost.catch(() => undefined);
    await killNewest();
    await expect(lost).rejects.toMatchObject({ code: 'signer-unavailable' });
    expect(await hot.signVoucher(VOUCHER_VALUES)).toBe(before);
    expect(children.processes).toHaveLength(2);
    await hot.dispose();
  });

  it('is not trusted any more when it comes back with other keys', async () => {
    const hot = await openHot();
    rmSync(file);
    await killNewest();
    await expect(hot.signVoucher(VOUCHER_VALUES)).rejects.toMatchObject({ code: 'keys-unusable' });
    await hot.dispose();
  });

  it('says why the keys cannot be used, and leaves no process behind', async () => {
    writeFileSync(file, '{}', { mode: 0o600 });
    await expect(openHot()).rejects.toMatchObject({ code: 'keys-unusable' });
    rmSync(file);
    mkdirSync(path.join(folder, 'absent'));
    file = path.join(folder, 'absent', 'deeper', 'practice-keys.json');
    await expect(openHot()).rejects.toMatchObject({ code: 'data-folder-unusable' });
    expect(children.processes.every(({ signalCode }) => signalCode === 'SIGKILL')).toBe(true);
  });

  it('is given up while the key store does not answer, when its owner quits', async () => {
    const quit = new AbortController();
    const locked = { key: () => new Promise<null>(() => undefined) };
    const opening = openHotKeys(portsWith(locked), place(), quit.signal);
    opening.catch(() => undefined);
    quit.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
    expect(children.processes[0]?.signalCode).toBe('SIGKILL');
  });

  it('ends when main goes away without a word', async () => {
    await openHot();
    const [child] = children.processes;
    if (!child) throw new Error('nothing was started');
    const gone = once(child, 'exit');
    child.disconnect();
    expect(await gone).toEqual([0, null]);
  });

  it.runIf(process.platform === 'linux')(
    'has no key in its arguments or environment, and neither has the log',
    async () => {
      const seal = new Uint8Array(32).fill(0x5a);
      const hot = await openHot(keyStoreWith(seal));
      const keyring = createKeyring(portsWith(keyStoreWith(seal)), {
        ...place(),
        owner: hot.addresses.owner,
      });
      await keyring.signTransaction({
        ...TRANSACTION,
        to: HUB,
        data: hubCalls(HUB).withdraw().data,
      });
      const { owner, relay, supplier, peerSeed } = keysHere(seal);
      const secrets = [owner, relay, supplier, peerSeed, seal].flatMap((bytes) => [
        Buffer.from(bytes).toString('hex'),
        Buffer.from(bytes).toString('base64').slice(0, -1),
        Buffer.from(bytes).toString('latin1'),
      ]);
      const seen = children.processes.flatMap(({ pid }) =>
        ['cmdline', 'environ'].map((each) =>
          readFileSync(`/proc/${String(pid)}/${each}`, 'latin1'),
        ),
      );
      seen.push(...log.lines, readFileSync(file, 'latin1'));
      expect(children.processes).toHaveLength(2);
      for (const text of seen) {
        expect(secrets.some((secret) => text.includes(secret))).toBe(false);
      }
      await hot.dispose();
      await keyring.dispose();
    },
  );
});

describe('the keyring', () => {
  it('signs for the owner, in a process of its own that starts with the first signature', async () => {
    const hot = await openHot();
    const { owner } = keysHere();
    const keyring = createKeyring(portsWith(NO_KEY_STORE), {
      ...place(),
      owner: hot.addresses.owner,
    });
    expect(children.processes).toHaveLength(1);
    const transaction = { ...TRANSACTION, to: HUB, data: hubCalls(HUB).thaw(5n).data };
    const signed = await keyring.signTransaction(transaction);
    expect(signed).toEqual(await keySigner(owner).sign(transaction));
    expect(children.processes).toHaveLength(2);
    const call = hubCalls(HUB).depositFor(`0x${'ee'.repeat(20)}`, 5n);
    await expect(
      keyring.signTransaction({ ...TRANSACTION, to: HUB, data: call.data }),
    ).rejects.toMatchObject({ code: 'signing-refused' });
    await killNewest();
    expect(await keyring.signTransaction(transaction)).toEqual(signed);
    await keyring.dispose();
    await hot.dispose();
  });

  it('signs nothing when its file has another owner than the signer’s', async () => {
    const hot = await openHot();
    const { owner } = hot.addresses;
    await hot.dispose();
    rmSync(file);
    const keyring = createKeyring(portsWith(NO_KEY_STORE), { ...place(), owner });
    await expect(
      keyring.signTransaction({ ...TRANSACTION, to: HUB, data: hubCalls(HUB).withdraw().data }),
    ).rejects.toMatchObject({ code: 'keys-unusable' });
    await keyring.dispose();
  });
});

describe('the file of both', () => {
  it('holds the keys of whoever was first, when several make it at once', async () => {
    const ports = portsWith(NO_KEY_STORE);
    const sessions = Array.from({ length: 4 }, (_, at) => {
      const entry = at % 2 === 0 ? 'signer-process' : KEYRING_ENTRY;
      return startKeySession({ ...ports, child: children.spawn(entry, { name: entry }) }, place());
    });
    const opened = await Promise.all(sessions.map((session) => session.opened));
    const [first] = opened;
    for (const { addresses } of opened) expect(addresses).toEqual(first?.addresses);
    expect(addressOfKey(keysHere().owner)).toBe(first?.addresses.owner);
    for (const session of sessions) session.kill();
  });

  it('is sealed by whoever comes first, and opened by the other under the same key alone', async () => {
    const plain = await openHot();
    await plain.dispose();
    const seal = new Uint8Array(32).fill(9);
    const hot = await openHot(keyStoreWith(seal));
    expect(hot.keptIn).toBe('key-store');
    expect(hot.addresses).toEqual(plain.addresses);
    const other = new Uint8Array(32).fill(10);
    await expect(openHot(keyStoreWith(other))).rejects.toMatchObject({ code: 'keys-sealed' });
    await expect(openHot()).rejects.toMatchObject({ code: 'keys-sealed' });
    const keyring = createKeyring(portsWith(keyStoreWith(seal)), {
      ...place(),
      owner: hot.addresses.owner,
    });
    const call = hubCalls(HUB).withdrawCredit(hot.addresses.owner);
    expect(
      (await keyring.signTransaction({ ...TRANSACTION, to: HUB, data: call.data })).raw,
    ).toMatch(/^0x02/);
    await keyring.dispose();
    await hot.dispose();
  });
});
