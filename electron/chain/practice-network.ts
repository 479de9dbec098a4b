/** Sets the practice network up: contracts, a listing, money, and who may ask whom; again and again without harm. */
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import { serviceId } from '../protocol/session.ts';
import { createChainClient } from './chain-client.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { hubCalls, tokenCalls, type ModelListing } from './hub-calls-adapter.ts';
import { decodeContractError } from './hub-errors-adapter.ts';
import { createHubReader, type HubReader } from './hub-reader-adapter.ts';
import type { TxOutcome } from './journal-entry.ts';
import type { Journal } from './journal.ts';
import type { KeyGrant } from './key-grant.ts';
import type { TransactionSigner, TxCall } from './ports.ts';
import type { PracticeContracts } from './practice-contracts.ts';

/** Somebody with less gets gas: enough for some thousand transactions at a practice price. */
const LEAST_GAS_WEI = 10n ** 18n;
const GAS_GIFT_WEI = 10n ** 19n;
/** PracticeToken gives no more in one call: 1,000,000 coins of 6 decimals. */
const MAX_FAUCET = 1_000_000_000_000n;
/** Another copy of Lull may be setting up the same chain at the same moment. */
const ATTEMPTS = 4;
const GRANT_SECONDS = 3_600n;

export interface PracticePorts {
  readonly journal: Journal;
  readonly eip1193: Eip1193;
  readonly clock: Clock;
  /** Pays for what nobody else should have to pay for. */
  readonly faucet: TransactionSigner;
}

export interface HotKey {
  readonly address: Hex;
  /** @returns ERC-2098, 64 bytes, over `keyGrantDigest` */
  signGrant(grant: KeyGrant): Promise<Hex>;
}

/** Each step looks first and does only what is missing. All throw ChainError, or AppError when the disk is full. */
export interface PracticeNetwork {
  readonly hub: Hex;
  readonly token: Hex;
  readonly reader: HubReader;
  deploy(): Promise<void>;
  /** So that an account can send transactions. */
  giveGas(address: Hex): Promise<void>;
  /** @param amount token units that it has afterwards, at least */
  giveTokens(address: Hex, amount: bigint): Promise<void>;
  /** @returns the service id */
  listModel(source: TransactionSigner, listing: ModelListing): Promise<Hex>;
  registerSupplier(supplier: TransactionSigner, payout: Hex): Promise<void>;
  /** @param amount what is in the stake and not thawing afterwards, at least */
  fillStake(application: TransactionSigner, amount: bigint): Promise<void>;
  grantHotKey(application: TransactionSigner, key: HotKey): Promise<void>;
  /**
   * Fills the stake as far as the budget needs. The first one holds at once, a change from the next epoch on.
   * @param budgetPerEpoch token units, split over the Suppliers
   */
  enrol(
    application: TransactionSigner,
    service: Hex,
    budgetPerEpoch: bigint,
    suppliers: readonly Hex[],
  ): Promise<void>;
}

export function createPracticeNetwork(
  ports: PracticePorts,
  contracts: PracticeContracts,
): PracticeNetwork {
  const { journal, eip1193, clock, faucet } = ports;
  const client = createChainClient(eip1193);
  const token = contracts.token.address;
  const hub = contracts.hub.address;
  const reader = createHubReader(eip1193, hub, token);
  const calls = hubCalls(hub);
  const coins = tokenCalls(token);

  /** Asks, does, and asks again: what counts is how the chain is, whoever made it so. */
  async function ensure(
    isDone: () => Promise<boolean>,
    purpose: string,
    signer: TransactionSigner,
    call: () => Promise<TxCall> | TxCall,
  ): Promise<void> {
    let reason = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isDone()) return;
      const outcome = await journal.send(purpose, signer, await call());
      if (outcome.state === 'pending') break;
      reason = reasonOf(outcome);
    }
    if (await isDone()) return;
    throw new ChainError(
      'refused',
      `The practice network could not be set up: ${purpose} ${reason}`,
    );
  }

  async function giveTokens(address: Hex, amount: bigint): Promise<void> {
    for (let missing = await lacking(); missing > 0n; missing = await lacking()) {
      const before = amount - missing;
      const gift = missing < MAX_FAUCET ? missing : MAX_FAUCET;
      const isThere = async () => (await reader.tokensOf(address)) >= before + gift;
      await ensure(isThere, 'practice-tokens', faucet, () => coins.faucet(address, gift));
    }
    async function lacking() {
      return amount - (await reader.tokensOf(address));
    }
  }

  async function giveGas(address: Hex): Promise<void> {
    const isThere = async () => (await client.balanceOf(address)) >= LEAST_GAS_WEI;
    await ensure(isThere, 'practice-gas', faucet, () => ({
      to: address,
      data: '0x',
      valueWei: GAS_GIFT_WEI,
    }));
  }

  async function fillStake(application: TransactionSigner, amount: bigint): Promise<void> {
    const owner = application.address;
    const missing = async () => {
      const { balance, thawing } = await reader.stakeOf(owner);
      return amount - (balance > thawing ? balance - thawing : 0n);
    };
    const lacking = await missing();
    if (lacking <= 0n) return;
    await giveTokens(owner, lacking);
    const isAllowed = async () => (await reader.tokenAllowance(owner, hub)) >= lacking;
    await ensure(isAllowed, 'approve', application, () => coins.approve(hub, lacking));
    const isFilled = async () => (await missing()) <= 0n;
    await ensure(isFilled, 'deposit', application, () => calls.depositFor(owner, lacking));
  }

  async function grantHotKey(application: TransactionSigner, key: HotKey): Promise<void> {
    const owner = application.address;
    const isGranted = async () => (await reader.hotKeyOf(owner)) === key.address;
    await ensure(isGranted, 'grant-hot-key', application, async () => {
      const terms = await reader.grantTerms(owner);
      const deadline = BigInt(Math.floor(clock.nowMs() / 1000)) + GRANT_SECONDS;
      const grant = { ...terms, application: owner, key: key.address, deadline };
      return calls.grantHotKey(key.address, deadline, await key.signGrant(grant));
    });
  }

  async function enrol(
    application: TransactionSigner,
    service: Hex,
    budgetPerEpoch: bigint,
    suppliers: readonly Hex[],
  ): Promise<void> {
    const owner = application.address;
    const isEnrolled = async () => {
      const next = (await reader.currentEpoch()) + 1;
      const { budget, draws } = await reader.termsAt(owner, service, next);
      if (budget !== budgetPerEpoch || draws !== suppliers.length) return false;
      const pins = suppliers.map((_supplier, draw) => reader.drawAt(owner, service, next, draw));
      return (await Promise.all(pins)).every(({ supplier }, draw) => supplier === suppliers[draw]);
    };
    if (await isEnrolled()) return;
    const { reserveEpochs } = await reader.parameters();
    // More than needed when only this budget grows; it stays the Application's.
    const budgets = (await reader.sumBudgetsOf(owner)) + budgetPerEpoch;
    await fillStake(application, BigInt(reserveEpochs) * budgets);
    await ensure(isEnrolled, 'enrol', application, () =>
      calls.enrol(service, budgetPerEpoch, suppliers),
    );
  }

  return {
    hub,
    token,
    reader,
    async deploy() {
      for (const { address, creation } of [contracts.token, contracts.hub]) {
        const isThere = async () => (await client.codeAt(address)) !== '0x';
        await ensure(isThere, 'deploy', faucet, () => creation);
      }
    },
    giveGas,
    giveTokens,
    async listModel(source, listing) {
      const service = serviceId({ ...listing, source: source.address });
      const isListed = async () => (await reader.model(service)) !== null;
      await ensure(isListed, 'list-model', source, () => calls.listModel(listing));
      return service;
    },
    async registerSupplier(supplier, payout) {
      const isRegistered = async () => (await reader.payoutOf(supplier.address)) === payout;
      await ensure(isRegistered, 'register-supplier', supplier, () =>
        calls.registerSupplier(payout),
      );
    },
    fillStake,
    grantHotKey,
    enrol,
  };
}

function reasonOf(outcome: TxOutcome): string {
  if (outcome.state !== 'would-revert') return `was ${outcome.state}.`;
  return decodeContractError(outcome.data)?.sentence ?? outcome.reason;
}
