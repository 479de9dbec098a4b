/** Practice money on the real contracts: what is confirmed moves exactly that, and nothing else moves anything. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import relayHub from '../../../resources/contracts/artifacts/RelayHub.json' with { type: 'json' };
import practiceToken from '../../../resources/contracts/artifacts/PracticeToken.json' with { type: 'json' };
import { createWalletService, type WalletMarket } from '../../../electron/app/wallet-service.ts';
import { ChainError, type Eip1193 } from '../../../electron/chain/eip1193.ts';
import { hubCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import type { HubReader } from '../../../electron/chain/hub-reader-adapter.ts';
import { createJournal } from '../../../electron/chain/journal.ts';
import { keyGrantDigest } from '../../../electron/chain/key-grant.ts';
import type { TransactionSigner } from '../../../electron/chain/ports.ts';
import { bytecodeOf, practiceContracts } from '../../../electron/chain/practice-contracts.ts';
import {
  DEPLOYER_ADDRESS,
  DEPLOYER_CODE,
  PRACTICE_CHAIN_ID,
} from '../../../electron/chain/practice-genesis.ts';
import { createPracticeNetwork } from '../../../electron/chain/practice-network.ts';
import { keySigner, signDigestWith } from '../../../electron/chain/sign-transaction-adapter.ts';
import { openSqliteJournal } from '../../../electron/chain/sqlite-journal.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import { initialSnapshot } from '../../../electron/hub/initial-snapshot.ts';
import type { MoneyAction } from '../../../electron/ipc/wallet.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import { DEFAULT_WEIGHTS, weightsHash } from '../../../electron/protocol/cu.ts';
import { fromHex, toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { PRACTICE_PARAMETERS } from '../../../electron/protocol/practice-terms.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';
import { createEdrChain, testKey, type EdrChain } from '../../fakes/edr-chain.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet } from '../../fakes/settle.ts';

const CODE = { relayHub: bytecodeOf(relayHub), practiceToken: bytecodeOf(practiceToken) };
const CONTRACTS = practiceContracts(CODE, PRACTICE_PARAMETERS);
const HUB = CONTRACTS.hub.address;
const DOMAIN = { chainId: BigInt(PRACTICE_CHAIN_ID), verifyingContract: HUB };
const STAKE = 100_000_000n;
const BUDGET = 10_000_000n;
const REF: Hex = `0x${'77'.repeat(32)}`;

const keyOf = (number: number) => fromHex(testKey(number));
const FAUCET = keySigner(keyOf(1));
const OWNER = keySigner(keyOf(2));
const SUPPLIER = keySigner(keyOf(3));
const HOT = keySigner(keyOf(4));

let folder: string;
const disposals: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-wallet-'));
});
afterEach(() => {
  for (const dispose of disposals.splice(0).reverse()) dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** ERC-2098: the parity of y goes into the highest bit of s. */
async function signHot(digest: Uint8Array): Promise<Hex> {
  const { r, s, yParity } = await signDigestWith(keyOf(4))(digest);
  const bytes = fromHex(s);
  bytes[0] = (bytes[0] ?? 0) | (yParity << 7);
  return `${r}${toHex(bytes).slice(2)}`;
}

function portOf(edr: EdrChain, chain: { isSlow: boolean }): Eip1193 {
  return {
    async request(call) {
      if (chain.isSlow && call.method === 'eth_getTransactionReceipt') return null;
      try {
        return await edr.request(call);
      } catch (error) {
        const data = error instanceof Error && 'data' in error ? String(error.data) : null;
        const isHex = data !== null && /^0x[0-9a-f]*$/.test(data);
        const message = error instanceof Error ? error.message : String(error);
        throw new ChainError('refused', message, { data: isHex ? `0x${data.slice(2)}` : null });
      }
    },
  };
}

/** A practice network with a stake, and a wallet over it. */
async function startWallet(readerChanges: Partial<HubReader> = {}) {
  const edr = await createEdrChain(PRACTICE_CHAIN_ID);
  await edr.client.setCode({ address: DEPLOYER_ADDRESS, bytecode: DEPLOYER_CODE });
  const clock = createManualClock(1_800_000_000_000);
  const log = createMemoryLog();
  const chain = { isSlow: false };
  const eip1193 = portOf(edr, chain);
  const store = openSqliteJournal(join(folder, 'journal.sqlite'));
  const journal = createJournal({ store, eip1193, clock, log }, PRACTICE_CHAIN_ID);
  disposals.push(() => {
    journal.dispose();
    store.dispose();
  });
  const network = createPracticeNetwork({ journal, eip1193, clock, faucet: FAUCET }, CONTRACTS);
  await network.deploy();
  await network.fillStake(OWNER, STAKE);
  await network.giveTokens(OWNER.address, 5_000_000n);
  const { reader } = network;
  const signed: string[] = [];
  const owner: TransactionSigner = {
    address: OWNER.address,
    sign(transaction) {
      signed.push(transaction.data);
      return OWNER.sign(transaction);
    },
  };
  const market: WalletMarket = {
    ...{ owner, supplierKey: SUPPLIER, journal },
    reader: { ...reader, ...readerChanges },
    contracts: { hub: HUB, token: CONTRACTS.token.address },
    hotKey: {
      address: HOT.address,
      signGrant: (grant) => signHot(fromHex(keyGrantDigest(DOMAIN, grant))),
    },
    network: {
      chainId: DOMAIN.chainId,
      hub: HUB,
      epochSeconds: PRACTICE_PARAMETERS.epochSeconds,
      graceSeconds: PRACTICE_PARAMETERS.graceSeconds,
    },
  };
  const hub = createHub(initialSnapshot({ version: '0', runtime: '0', dataFolder: '0' }), clock);
  let opened = 0;
  const open = () => {
    opened += 1;
    return Promise.resolve();
  };
  const random = createCountedRandom();
  const ports = { market: () => Promise.resolve(market), open, hub, clock, random, log };
  const wallet = createWalletService(ports);
  const balances = () => {
    const shown = hub.snapshot().wallet.balances;
    if (!shown) throw new Error('no balances are shown');
    return shown;
  };
  const act = async (action: MoneyAction, amount: bigint) => {
    const intent = await wallet.prepare(action, amount);
    return { intent, ...(await wallet.confirm(intent.id)) };
  };
  const again = () => createWalletService(ports);
  return {
    ...{ wallet, again, act, balances, edr, chain, clock, network, journal, reader, signed, hub },
    opened: () => opened,
  };
}

type Started = Awaited<ReturnType<typeof startWallet>>;

async function failureOf(work: Promise<unknown>) {
  const error = toAppError(
    await work.then(
      () => new Error('it worked'),
      (thrown: unknown) => thrown,
    ),
  );
  return { code: error.code, details: error.details };
}

/** The owner is paid as a Supplier is, by a voucher of its own hot key. */
async function earn({ network, journal }: Started, amount: bigint): Promise<void> {
  const weights = weightsHash(DEFAULT_WEIGHTS);
  const listing = { ggufSha256: REF, weightsHash: weights, royaltyBps: 0, uri: '' };
  const service = await network.listModel(FAUCET, listing);
  await network.registerSupplier(SUPPLIER, OWNER.address);
  await network.grantHotKey(OWNER, {
    address: HOT.address,
    signGrant: (grant) => signHot(fromHex(keyGrantDigest(DOMAIN, grant))),
  });
  await network.enrol(OWNER, service, BUDGET, [SUPPLIER.address]);
  const epoch = await network.reader.currentEpoch();
  const parts = { application: OWNER.address, supplier: SUPPLIER.address, service, epoch };
  const session = sessionId({ ...parts, chainId: DOMAIN.chainId, hub: HUB, draw: 0, price: 7n });
  const digest = digestOf(hashDomain(DOMAIN), VOUCHER, { session, cumulative: amount, ref: REF });
  const row = {
    application: OWNER.address,
    price: 7n,
    draw: 0,
    cumulative: amount,
    amount,
    ref: REF,
  };
  const rows = [{ ...row, signature: await signHot(digest) }];
  const call = hubCalls(HUB).redeem(SUPPLIER.address, service, epoch, rows);
  expect((await journal.send('redeem', FAUCET, call)).state).toBe('mined');
}

describe('the wallet', () => {
  it('shows accounts with their checksums, and what the chain says', async () => {
    const { wallet, hub, balances, opened } = await startWallet();
    expect(hub.snapshot().wallet.balances).toBeNull();
    await wallet.refresh();
    expect(opened()).toBe(1);
    expect(balances()).toMatchObject({
      available: 5_000_000n,
      staked: STAKE,
      thawing: 0n,
      credits: 0n,
    });
    const { accounts } = hub.snapshot().wallet;
    expect(accounts.map(({ role }) => role)).toEqual(['owner', 'supplier', 'relay']);
    // As everybody else writes the address of that key.
    expect(accounts[0]?.address).toBe('0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF');
    expect(await wallet.addressOf('owner')).toBe(accounts[0]?.address);
  });

  it('adds to the stake by exactly the amount, with an approval of exactly that', async () => {
    const started = await startWallet();
    const { act, balances, reader, signed } = started;
    await started.wallet.refresh();
    const before = balances();
    const { intent, transaction } = await act('deposit', 1_234_567n);
    expect(intent.lines.map(({ label }) => label)).toContain('Transaction');
    expect(started.journal.find(`0x${transaction.slice(2)}`)?.purpose).toBe('deposit');
    expect(balances()).toMatchObject({
      available: before.available - 1_234_567n,
      staked: before.staked + 1_234_567n,
    });
    expect(await reader.tokenAllowance(OWNER.address, HUB)).toBe(0n);
    expect(signed).toHaveLength(2);
  });

  it('approves with the token that is shipped, whatever the chain calls its own', async () => {
    const other: Hex = `0x${'ee'.repeat(20)}`;
    const { wallet, signed, act } = await startWallet({
      parameters: () => Promise.resolve({ ...PRACTICE_PARAMETERS, reserveEpochs: 1, token: other }),
    });
    const { lines } = await wallet.prepare('deposit', 5n);
    expect(lines.some(({ value }) => value.toLowerCase().includes(other))).toBe(false);
    await act('deposit', 5n);
    expect(signed).toHaveLength(2);
  });

  it('takes out of the stake, and pays it once it has thawed', async () => {
    const started = await startWallet();
    const { wallet, act, balances, edr, clock } = started;
    await act('thaw', 40_000_000n);
    const { thawEndsAtMs } = balances();
    expect(balances()).toMatchObject({ staked: STAKE, thawing: 40_000_000n });
    if (thawEndsAtMs === null) throw new Error('it has no end');
    expect(await failureOf(wallet.prepare('withdraw-stake', 40_000_000n))).toMatchObject({
      code: 'bad-request',
    });
    clock.advance(thawEndsAtMs - clock.nowMs() - 1_000);
    expect((await failureOf(wallet.prepare('withdraw-stake', 40_000_000n))).code).toBe(
      'bad-request',
    );
    clock.advance(1_000);
    await edr.travelTo(thawEndsAtMs / 1000);
    const before = balances();
    await act('withdraw-stake', 40_000_000n);
    expect(balances()).toMatchObject({
      available: before.available + 40_000_000n,
      staked: STAKE - 40_000_000n,
      thawing: 0n,
      thawEndsAtMs: null,
    });
  });

  it('pays out what was collected, all of it', async () => {
    const started = await startWallet();
    await earn(started, 389n);
    await started.wallet.refresh();
    const before = started.balances();
    expect(before.credits).toBe(389n);
    await started.act('withdraw-credits', 389n);
    expect(started.balances()).toMatchObject({ available: before.available + 389n, credits: 0n });
  });

  it.each([
    ['deposit', 0n],
    ['deposit', 5_000_001n],
    ['thaw', STAKE + 1n],
    ['withdraw-stake', 1n],
    ['withdraw-credits', 1n],
  ] as const)('prepares no %s of %d, and says why', async (action, amount) => {
    const { wallet, signed } = await startWallet();
    const { code, details } = await failureOf(wallet.prepare(action, amount));
    expect(code).toBe('bad-request');
    expect(details).toMatch(/\.$/);
    expect(signed).toEqual([]);
  });
});

describe('what was shown', () => {
  it('signs nothing once it is two minutes old', async () => {
    const { wallet, clock, signed } = await startWallet();
    const { id, expiresAtMs } = await wallet.prepare('thaw', 1n);
    expect(expiresAtMs - clock.nowMs()).toBe(120_000);
    clock.advance(120_000);
    expect((await failureOf(wallet.confirm(id))).code).toBe('intent-expired');
    expect(signed).toEqual([]);
  });

  it('signs nothing after a restart', async () => {
    const { wallet, again, signed } = await startWallet();
    const { id } = await wallet.prepare('thaw', 1n);
    expect((await failureOf(again().confirm(id))).code).toBe('intent-expired');
    expect(signed).toEqual([]);
  });

  it('is signed once, also when it is confirmed twice at the same moment', async () => {
    const { wallet, balances, signed } = await startWallet();
    const { id } = await wallet.prepare('thaw', 1_000n);
    const outcomes = await Promise.allSettled([wallet.confirm(id), wallet.confirm(id)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(signed).toHaveLength(1);
    expect(balances().thawing).toBe(1_000n);
  });

  it('is not offered a second time while it waits for its block', async () => {
    const { wallet, chain, clock, journal, signed } = await startWallet();
    const { id } = await wallet.prepare('deposit', 1_000n);
    chain.isSlow = true;
    const codes: string[] = [];
    void failureOf(wallet.confirm(id)).then(({ code }) => codes.push(code));
    while (codes.length === 0) {
      await quiet();
      clock.advance(1_000);
    }
    expect(codes).toEqual(['chain-unreachable']);
    // The approval may still be mined, and the owner may want to try again.
    expect(await failureOf(wallet.prepare('deposit', 1_000n))).toMatchObject({
      code: 'bad-request',
      details: expect.stringContaining('waits for its block') as string,
    });
    chain.isSlow = false;
    await journal.settle();
    await wallet.confirm((await wallet.prepare('deposit', 1_000n)).id);
    expect(signed).toHaveLength(2);
  });

  it('that the chain refuses in the end fails with the contract’s reason, and moves nothing', async () => {
    const { wallet, balances, signed } = await startWallet();
    const first = await wallet.prepare('thaw', STAKE);
    const second = await wallet.prepare('thaw', STAKE);
    await wallet.confirm(first.id);
    expect(await failureOf(wallet.confirm(second.id))).toEqual({
      code: 'transaction-failed',
      details: 'The stake has only 0 that is free.',
    });
    expect(signed).toHaveLength(1);
    expect(balances().thawing).toBe(STAKE);
  });
});

describe('a chain that does not answer', () => {
  it('is said, beside the accounts and what was known before', async () => {
    const { hub, clock } = await startWallet();
    const random = createCountedRandom();
    const wallet = createWalletService({
      ...{ hub, clock, random, log: createMemoryLog() },
      market: () => Promise.reject(new ChainError('unavailable', 'nobody is there')),
      open: () => Promise.resolve(),
    });
    expect((await failureOf(wallet.refresh())).code).toBe('chain-unreachable');
    expect(hub.snapshot().wallet.failure?.code).toBe('chain-unreachable');
  });
});
