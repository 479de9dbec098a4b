/** Earnings in a real ledger, redeemed by real vouchers on the real chain, with crashes in between. */
import { PRACTICE_PARAMETERS } from '../../../electron/protocol/practice-terms.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import practiceToken from '../../../resources/contracts/artifacts/PracticeToken.json' with { type: 'json' };
import relayHub from '../../../resources/contracts/artifacts/RelayHub.json' with { type: 'json' };
import { createRedeemPort } from '../../../electron/app/redeem-port.ts';
import type { Journal } from '../../../electron/chain/journal.ts';
import { keyGrantDigest } from '../../../electron/chain/key-grant.ts';
import { bytecodeOf, practiceContracts } from '../../../electron/chain/practice-contracts.ts';
import { PRACTICE_CHAIN_ID } from '../../../electron/chain/practice-genesis.ts';
import {
  createPracticeNetwork,
  type PracticeNetwork,
} from '../../../electron/chain/practice-network.ts';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { createTotals } from '../../../electron/ledger/totals.ts';
import type { RedeemPort } from '../../../electron/market/ports.ts';
import { createRedeemer } from '../../../electron/market/redeemer.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createDeferred } from '../../../electron/platform/deferred.ts';
import { DEFAULT_WEIGHTS, weightsHash } from '../../../electron/protocol/cu.ts';
import { fromHex, type Hex } from '../../../electron/protocol/hex.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import { addressOfKey, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { createDigestSigner } from '../../fakes/digest-signer.ts';
import { acceptedOn, openedBy, servedOn, wordOf } from '../../fakes/ledger-values.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import {
  FAUCET,
  startRunningChain,
  testKey,
  testSigner,
  type RunningChain,
} from '../../fakes/running-chain.ts';

const CODE = { relayHub: bytecodeOf(relayHub), practiceToken: bytecodeOf(practiceToken) };
const CONTRACTS = practiceContracts(CODE, PRACTICE_PARAMETERS);
const HUB = CONTRACTS.hub.address;
const DOMAIN = { chainId: BigInt(PRACTICE_CHAIN_ID), verifyingContract: HUB };
/** A CU costs one token unit, so that the receipts' sums hold. */
const SESSION_TERMS = { chainId: DOMAIN.chainId, hub: HUB, draw: 0, price: 1_000_000n };
const SUPPLIER = testSigner(5);
const BUDGET = 1_000n;
/** One for each test, with a hot key of its own. */
const APPLICATIONS = [11, 12, 13].map((seed) => {
  const key = testKey(seed + 10);
  const hot = createDigestSigner(addressOfKey(key), async (digest) => signDigest(key, digest));
  return { account: testSigner(seed), hot };
});

let chain: RunningChain;
let journal: Journal;
let network: PracticeNetwork;
let folder = '';
let service: Hex = '0x';
let epoch = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-market-'));
  chain = startRunningChain();
  journal = chain.journal();
  const ports = { journal, eip1193: chain.chain, clock: systemClock, faucet: FAUCET };
  network = createPracticeNetwork(ports, CONTRACTS);
  await network.deploy();
  await network.giveGas(SUPPLIER.address);
  const listing = { weightsHash: weightsHash(DEFAULT_WEIGHTS), royaltyBps: 0, uri: 'test model' };
  service = await network.listModel(SUPPLIER, { ggufSha256: wordOf(5), ...listing });
  for (const { account, hot } of APPLICATIONS) {
    await network.giveGas(account.address);
    await network.grantHotKey(account, {
      address: hot.address,
      signGrant: (grant) => hot.sign(fromHex(keyGrantDigest(DOMAIN, grant))),
    });
    await network.enrol(account, service, BUDGET, [SUPPLIER.address]);
  }
  epoch = await network.reader.currentEpoch();
});

afterAll(async () => {
  await chain.dispose();
  rmSync(folder, { recursive: true });
});

/** What a start of Lull brings up over one ledger file. */
async function startNode(name: string, wrap: (port: RedeemPort) => RedeemPort = (port) => port) {
  const log = createMemoryLog();
  const ledger = createSqliteLedger(openLedgerDatabase(path.join(folder, name)), log);
  const totals = createTotals(() => 0);
  for (const { entry } of ledger.all()) totals.apply(entry);
  ledger.onAppend((lines) => {
    for (const { entry } of lines) totals.apply(entry);
  });
  const { reader } = network;
  const port = createRedeemPort({
    journal,
    eip1193: chain.chain,
    reader,
    hub: HUB,
    sender: SUPPLIER,
  });
  const redeemer = createRedeemer(
    {
      book: {
        sessions: (sinceEpoch) => totals.sessions('supplier', sinceEpoch),
        append: (entries) => ledger.append(entries, 'full'),
        onAppend: (listener) => ledger.onAppend(listener),
      },
      chain: wrap(port),
      clock: systemClock,
      log,
      onReport: () => undefined,
    },
    { rules: PRACTICE_PARAMETERS },
  );
  await redeemer.start();
  return {
    totals,
    redeemer,
    /** One relay, with a voucher that the Application really signed. */
    async serve(application: number, charged: bigint): Promise<void> {
      const payer = APPLICATIONS[application];
      if (!payer) throw new Error('there is no such Application');
      const { account, hot } = payer;
      const opening = openedBy('supplier', {
        ...SESSION_TERMS,
        application: account.address,
        supplier: SUPPLIER.address,
        service,
        epoch,
      });
      const { session } = opening;
      const known = totals.session('supplier', session);
      if (!known) ledger.append([opening], 'full');
      const sequence = (known?.receipts ?? 0) + 1;
      const totalCharged = (known?.charged ?? 0n) + charged;
      const cumulative = totalCharged + 5n;
      const voucher = { session, cumulative, ref: wordOf(sequence) };
      const signature = await hot.sign(digestOf(hashDomain(DOMAIN), VOUCHER, voucher));
      const served = servedOn(session, sequence, { sequence, charged, totalCharged });
      ledger.append([{ ...acceptedOn(session, sequence, cumulative), signature }, served], 'full');
    },
    stop(): void {
      redeemer.dispose();
      ledger.dispose();
    },
  };
}

async function paidTo(application: number): Promise<bigint> {
  const address = APPLICATIONS[application]?.account.address ?? '0x';
  return (await network.reader.drawAt(address, service, epoch, 0)).paid;
}

describe('earnings on the practice chain', () => {
  it('become credit, to the last unit, once', async () => {
    const node = await startNode('a.sqlite');
    await node.serve(0, 40n);
    await node.serve(0, 7n);
    const before = await network.reader.creditOf(SUPPLIER.address);
    const first = await node.redeemer.collect();
    expect(first).toMatchObject({ collected: 47n, uncovered: 0n, failures: [] });
    expect(await paidTo(0)).toBe(47n);
    expect(await network.reader.creditOf(SUPPLIER.address)).toBe(before + 47n);
    await node.serve(0, 3n);
    expect(await node.redeemer.collect()).toMatchObject({ collected: 3n });
    expect(await node.redeemer.collect()).toMatchObject({ collected: 0n, transactions: [] });
    expect(node.totals.earnings(0)).toEqual({ earned: 50n, redeemed: 50n, waiting: 0n, lost: 0n });
    await node.serve(0, BUDGET);
    expect(await node.redeemer.collect()).toMatchObject({
      collected: BUDGET - 50n,
      uncovered: 50n,
    });
    expect(await paidTo(0)).toBe(BUDGET);
    node.stop();
  });

  it('are found again after a crash between mined and written down', async () => {
    const mined = createDeferred<'crash'>();
    const node = await startNode('b.sqlite', (port) => ({
      ...port,
      redeem: async (batch) => {
        await port.redeem(batch);
        mined.resolve('crash');
        return new Promise(() => undefined);
      },
    }));
    await node.serve(1, 30n);
    expect(await Promise.race([node.redeemer.collect(), mined.promise])).toBe('crash');
    node.stop();
    expect(await paidTo(1)).toBe(30n);
    const next = await startNode('b.sqlite');
    expect(next.totals.earnings(0)).toMatchObject({ earned: 30n, redeemed: 30n });
    expect(await next.redeemer.collect()).toMatchObject({ collected: 0n, transactions: [] });
    await next.serve(1, 4n);
    expect(await next.redeemer.collect()).toMatchObject({ collected: 4n, failures: [] });
    expect(await paidTo(1)).toBe(34n);
    next.stop();
  });

  it('arrive although the chain is killed while they are redeemed', async () => {
    const node = await startNode('c.sqlite', (port) => ({
      ...port,
      redeem: async (batch) => {
        const paying = port.redeem(batch);
        const [outcome] = await Promise.allSettled([paying, chain.kill()]);
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      },
    }));
    for (let round = 1; round <= 3; round++) {
      await node.serve(2, 10n);
      await node.redeemer.collect();
    }
    node.stop();
    await journal.settle();
    expect(journal.pending()).toEqual([]);
    const next = await startNode('c.sqlite');
    expect((await next.redeemer.collect()).failures).toEqual([]);
    expect(await paidTo(2)).toBe(30n);
    expect(next.totals.earnings(0)).toMatchObject({ earned: 30n, redeemed: 30n, waiting: 0n });
    next.stop();
  });
});
