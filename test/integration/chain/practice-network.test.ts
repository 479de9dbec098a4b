/** The practice network on the real chain with the real contracts: set up, set up again, and paid on. */
import { PRACTICE_PARAMETERS } from '../../../electron/protocol/practice-terms.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import practiceToken from '../../../resources/contracts/artifacts/PracticeToken.json' with { type: 'json' };
import relayHub from '../../../resources/contracts/artifacts/RelayHub.json' with { type: 'json' };
import { createChainClient } from '../../../electron/chain/chain-client.ts';
import { hubCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import { decodeContractError } from '../../../electron/chain/hub-errors-adapter.ts';
import { decodeHubEvents } from '../../../electron/chain/hub-events-adapter.ts';
import type { Journal } from '../../../electron/chain/journal.ts';
import { keyGrantDigest } from '../../../electron/chain/key-grant.ts';
import { bytecodeOf, practiceContracts } from '../../../electron/chain/practice-contracts.ts';
import { PRACTICE_CHAIN_ID } from '../../../electron/chain/practice-genesis.ts';
import { createPracticeNetwork, type HotKey } from '../../../electron/chain/practice-network.ts';
import { signDigestWith } from '../../../electron/chain/sign-transaction-adapter.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_WEIGHTS, weightsHash } from '../../../electron/protocol/cu.ts';
import { fromHex, toHex, type Hex } from '../../../electron/protocol/hex.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import { VOUCHER } from '../../../electron/protocol/voucher.ts';
import {
  FAUCET,
  startRunningChain,
  testKey,
  testSigner,
  type RunningChain,
} from '../../fakes/running-chain.ts';

const CODE = { relayHub: bytecodeOf(relayHub), practiceToken: bytecodeOf(practiceToken) };
const CONTRACTS = practiceContracts(CODE, PRACTICE_PARAMETERS);
const DOMAIN = { chainId: BigInt(PRACTICE_CHAIN_ID), verifyingContract: CONTRACTS.hub.address };
const APPLICATION = testSigner(1);
const SUPPLIER = testSigner(2);
const HOT = testSigner(3);
const PAYOUT = testSigner(4).address;
const BUDGET = 1_000_000n;
const LISTING = {
  ggufSha256: `0x${'5a'.repeat(32)}`,
  weightsHash: weightsHash(DEFAULT_WEIGHTS),
  royaltyBps: 500,
  uri: 'test model',
} as const;

let running: RunningChain[] = [];
afterEach(async () => {
  for (const one of running.reverse()) await one.dispose();
  running = [];
});

function start(...args: Parameters<typeof startRunningChain>): RunningChain {
  const one = startRunningChain(...args);
  running.push(one);
  return one;
}

/** ERC-2098: the parity of y goes into the highest bit of s. */
async function sign(seed: number, digest: Uint8Array): Promise<Hex> {
  const { r, s, yParity } = await signDigestWith(testKey(seed))(digest);
  const bytes = fromHex(s);
  bytes[0] = (bytes[0] ?? 0) | (yParity << 7);
  return `${r}${toHex(bytes).slice(2)}`;
}

const HOT_KEY: HotKey = {
  address: HOT.address,
  signGrant: (grant) => sign(3, fromHex(keyGrantDigest(DOMAIN, grant))),
};

function networkOf({ chain }: RunningChain, journal: Journal) {
  const ports = { journal, eip1193: chain, clock: systemClock, faucet: FAUCET };
  return createPracticeNetwork(ports, CONTRACTS);
}

async function setUp(network: ReturnType<typeof networkOf>): Promise<Hex> {
  await network.deploy();
  for (const { address } of [APPLICATION, SUPPLIER]) await network.giveGas(address);
  const service = await network.listModel(SUPPLIER, LISTING);
  await network.registerSupplier(SUPPLIER, PAYOUT);
  await network.grantHotKey(APPLICATION, HOT_KEY);
  await network.enrol(APPLICATION, service, BUDGET, [SUPPLIER.address]);
  return service;
}

describe('the practice network', () => {
  it('is there after one set-up, and costs nothing the second time', async () => {
    const one = start();
    const journal = one.journal();
    const network = networkOf(one, journal);
    const service = await setUp(network);
    const { reader } = network;
    const epoch = await reader.currentEpoch();
    expect(epoch).toBe(Math.floor(Date.now() / 1000 / PRACTICE_PARAMETERS.epochSeconds));
    expect(await reader.quote(APPLICATION.address, service, epoch, SUPPLIER.address)).toEqual({
      solvent: true,
      draw: 0,
      allowance: BUDGET,
      paid: 0n,
      hotKey: HOT.address,
      keyValid: true,
    });
    expect(await reader.payoutOf(SUPPLIER.address)).toBe(PAYOUT);
    expect(await reader.model(service)).toEqual({
      source: SUPPLIER.address,
      ggufSha256: LISTING.ggufSha256,
      royaltyBps: 500,
    });
    expect(await reader.isKeyValid(APPLICATION.address, HOT.address, epoch)).toBe(true);
    expect(await reader.keyNonce(APPLICATION.address)).toBe(1n);
    const blocks = await createChainClient(one.chain).blockNumber();
    expect(await setUp(network)).toBe(service);
    expect(await createChainClient(one.chain).blockNumber()).toBe(blocks);
  });

  it('is one network when two apps set it up at once', async () => {
    const here = start({ rpcPort: 0 });
    const { rpcUrl } = await here.chain.start();
    const there = start({ remoteUrl: rpcUrl ?? '' });
    const networks = [networkOf(here, here.journal()), networkOf(there, there.journal('other'))];
    const services = await Promise.all(networks.map(setUp));
    expect(services[0]).toBe(services[1]);
    for (const { reader } of networks) {
      const epoch = await reader.currentEpoch();
      const quote = await reader.quote(
        APPLICATION.address,
        services[0] ?? '0x',
        epoch,
        SUPPLIER.address,
      );
      expect(quote).toMatchObject({ solvent: true, allowance: BUDGET, keyValid: true });
    }
  });

  it('pays a voucher once, and says why not more', async () => {
    const one = start();
    const journal = one.journal();
    const network = networkOf(one, journal);
    const service = await setUp(network);
    const { reader, hub } = network;
    const epoch = await reader.currentEpoch();
    const terms = { application: APPLICATION.address, supplier: SUPPLIER.address, service, epoch };
    const session = sessionId({ ...terms, chainId: DOMAIN.chainId, hub, draw: 0, price: 7n });
    const ref: Hex = `0x${'77'.repeat(32)}`;
    const redeem = async (cumulative: bigint, amount: bigint) => {
      const digest = digestOf(hashDomain(DOMAIN), VOUCHER, { session, cumulative, ref });
      const signature = await sign(3, digest);
      const row = { application: APPLICATION.address, price: 7n, draw: 0, cumulative, amount, ref };
      const call = hubCalls(hub).redeem(SUPPLIER.address, service, epoch, [{ ...row, signature }]);
      return journal.send('redeem', FAUCET, call);
    };

    const outcome = await redeem(600n, 500n);
    if (outcome.state !== 'mined') throw new Error(`it was ${outcome.state}`);
    const receipt = await createChainClient(one.chain).receipt(outcome.entry.hash);
    expect(decodeHubEvents(hub, receipt?.logs ?? [])).toEqual([
      { name: 'Row', application: APPLICATION.address, draw: 0, totalPaid: 500n, paid: 500n },
      { name: 'Redeemed', supplier: SUPPLIER.address, service, epoch, total: 500n },
    ]);
    // A twentieth is the source's.
    expect(await reader.creditOf(PAYOUT)).toBe(475n);
    expect(await reader.creditOf(SUPPLIER.address)).toBe(25n);
    expect((await redeem(600n, 500n)).state).toBe('mined');
    expect(await reader.creditOf(PAYOUT)).toBe(475n);

    const refused = await redeem(BUDGET + 1n, BUDGET + 1n);
    if (refused.state !== 'would-revert') throw new Error(`it was ${refused.state}`);
    expect(decodeContractError(refused.data)).toEqual({
      name: 'AboveAllowance',
      sentence: 'Row 0 asks for more than its draw’s part of the budget, 1000000.',
    });

    await journal.send('withdraw', FAUCET, hubCalls(hub).withdrawCredit(PAYOUT));
    expect(await reader.tokensOf(PAYOUT)).toBe(475n);
    expect(await reader.creditOf(PAYOUT)).toBe(0n);
  });

  it('survives a chain that is killed in the middle, and one whose log is lost', async () => {
    const one = start();
    const journal = one.journal();
    const network = networkOf(one, journal);
    await network.deploy();
    await one.kill();
    const service = await setUp(network);
    await one.kill();
    const log = readFileSync(one.logFile, 'latin1');
    writeFileSync(one.logFile, log.replace(/ 0x02/, ' 0x03'), 'latin1');
    expect((await one.chain.start()).damagedKeptAs).not.toBeNull();
    await journal.settle();
    expect(journal.pending()).toEqual([]);
    const epoch = await network.reader.currentEpoch();
    const quote = await network.reader.quote(APPLICATION.address, service, epoch, SUPPLIER.address);
    expect(quote).toMatchObject({ solvent: true, allowance: BUDGET, keyValid: true });
  });
});
