/** The owner's practice money: what there is, what would be signed, and signing exactly that. */
import { checksummed } from '../chain/decode-call-adapter.ts';
import { ChainError } from '../chain/eip1193.ts';
import { decodeContractError } from '../chain/hub-errors-adapter.ts';
import type { TxOutcome } from '../chain/journal-entry.ts';
import type { TransactionSigner, TxCall } from '../chain/ports.ts';
import type { Hub } from '../hub/hub.ts';
import type { Intent, MoneyAction, WalletAccount } from '../ipc/wallet.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { PRACTICE_COIN } from '../protocol/practice-terms.ts';
import type { Market } from './compose-market.ts';
import { callsFor, refusalOf, type Balances, type PlannedCall } from './wallet-plan.ts';
import { intentLines, intentTitle } from './wallet-words.ts';

/** How long what was shown may be confirmed. */
const INTENT_MS = 120_000;
/** Intents that wait at once; the page prepares one at a time. */
const MAX_INTENTS = 8;
/** Of one practice transaction, in wei: many times what one costs. What would cost more is not signed. */
const FEE_AT_MOST_WEI = 10n ** 15n;

/** Of the journal's keys for what the owner confirmed. */
const KEY_PREFIX = 'wallet ';
const EARLIER_WAITS =
  'An earlier transaction waits for its block. Try again when the chain has it.';

export type WalletMarket = Pick<
  Market,
  'owner' | 'supplierKey' | 'hotKey' | 'reader' | 'journal' | 'network' | 'contracts'
>;

export interface WalletPorts {
  readonly market: () => Promise<WalletMarket>;
  /** Brings the practice chain up, with what has to be on it. */
  readonly open: () => Promise<unknown>;
  readonly hub: Pick<Hub, 'dispatch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** All throw AppError: `chain-unreachable` and others when the network does not start. */
export interface WalletService {
  /** Asks the chain, and shows accounts and balances; what went wrong is shown as well. */
  refresh(): Promise<void>;
  /** Signs nothing. @throws AppError `bad-request` for an amount that is 0 or not there, or while an earlier one waits */
  prepare(action: MoneyAction, amount: bigint): Promise<Intent>;
  /**
   * Signs what was shown, once, and waits for its block.
   * @returns the hash of the last transaction
   * @throws AppError `intent-expired`, `transaction-failed` …
   */
  confirm(intentId: string): Promise<{ readonly transaction: string }>;
  /** With its checksum. @throws AppError `network-unavailable` before there are keys */
  addressOf(role: WalletAccount['role']): Promise<string>;
}

interface Prepared {
  readonly intent: Intent;
  readonly calls: readonly PlannedCall[];
  readonly market: WalletMarket;
}

export function createWalletService(ports: WalletPorts): WalletService {
  const { hub, clock, random, log } = ports;
  /** Only in memory: after a restart nothing that was shown before can be confirmed. */
  const prepared = new Map<string, Prepared>();

  async function opened(): Promise<WalletMarket> {
    const market = await ports.market();
    hub.dispatch({ type: 'wallet-changed', change: { accounts: accountsOf(market) } });
    await ports.open();
    return market;
  }

  async function look(market: WalletMarket): Promise<Balances> {
    const balances = await balancesOf(market, clock.nowMs());
    hub.dispatch({ type: 'wallet-changed', change: { balances, failure: null } });
    return balances;
  }

  function forgetOld(): void {
    for (const [id, { intent }] of prepared) {
      if (isOver(intent) || prepared.size >= MAX_INTENTS) prepared.delete(id);
    }
  }

  const isOver = ({ expiresAtMs }: Intent): boolean => clock.nowMs() >= expiresAtMs;

  async function send({ intent, calls, market }: Prepared): Promise<string> {
    const { journal, network, owner } = market;
    let transaction = '';
    for (const [index, { purpose, call }] of calls.entries()) {
      const signer = signerOf(call, owner, network.chainId);
      const key = `${KEY_PREFIX}${intent.id} ${String(index)}`;
      transaction = minedHash(await journal.send(purpose, signer, call, { key }));
    }
    return transaction;
  }

  return {
    async refresh() {
      try {
        await look(await opened());
      } catch (error) {
        const failure = failureText(toAppError(error));
        hub.dispatch({ type: 'wallet-changed', change: { failure } });
        throw error;
      }
    },
    async prepare(action, amount) {
      const market = await opened();
      const refusal = refusalOf(action, amount, await look(market), PRACTICE_COIN);
      if (refusal !== null) throw new AppError('bad-request', { details: refusal });
      const { owner, contracts, network, reader, journal } = market;
      // Whoever heard that nothing was in a block yet might do it a second time.
      if (journal.pending().some(({ key }) => key?.startsWith(KEY_PREFIX))) {
        throw new AppError('bad-request', { details: EARLIER_WAITS });
      }
      const allowance = await reader.tokenAllowance(owner.address, contracts.hub);
      const calls = callsFor(action, amount, { owner: owner.address, ...contracts, allowance });
      const intent: Intent = {
        id: random.id(),
        action,
        amount,
        title: intentTitle(action, amount, PRACTICE_COIN),
        lines: intentLines(
          calls.map(({ call }) => call),
          {
            asset: PRACTICE_COIN,
            contracts,
            chainId: network.chainId,
            from: checksummed(owner.address),
            names: namesOf(market),
            feeAtMostWei: FEE_AT_MOST_WEI,
          },
        ),
        expiresAtMs: clock.nowMs() + INTENT_MS,
      };
      forgetOld();
      prepared.set(intent.id, { intent, calls, market });
      return intent;
    },
    async confirm(intentId) {
      const found = prepared.get(intentId);
      // Before anything else: whatever happens now, it is not signed a second time.
      prepared.delete(intentId);
      if (!found || isOver(found.intent)) throw new AppError('intent-expired');
      try {
        return { transaction: await send(found) };
      } finally {
        await look(found.market).catch((error: unknown) => {
          log.warn('the balances could not be read again', { error });
        });
      }
    },
    async addressOf(role) {
      const account = accountsOf(await ports.market()).find((each) => each.role === role);
      if (!account) throw new AppError('network-unavailable');
      return account.address;
    },
  };
}

function accountsOf({ owner, supplierKey, hotKey }: WalletMarket): WalletAccount[] {
  return [
    { role: 'owner', address: checksummed(owner.address) },
    { role: 'supplier', address: checksummed(supplierKey.address) },
    { role: 'relay', address: checksummed(hotKey.address) },
  ];
}

const NAMES: Readonly<Record<WalletAccount['role'], string>> = {
  owner: 'your account',
  supplier: 'your Supplier',
  relay: 'your relay key',
};

function namesOf(market: WalletMarket): ReadonlyMap<string, string> {
  return new Map(accountsOf(market).map(({ role, address }) => [address, NAMES[role]]));
}

async function balancesOf(
  { owner, reader, network }: WalletMarket,
  atMs: number,
): Promise<Balances> {
  const [{ balance, thawing, thawEndEpoch }, available, credits] = await Promise.all([
    reader.stakeOf(owner.address),
    reader.tokensOf(owner.address),
    reader.creditOf(owner.address),
  ]);
  const thawEndsAtMs = thawing === 0n ? null : thawEndEpoch * network.epochSeconds * 1000;
  return { available, staked: balance, thawing, thawEndsAtMs, credits, atMs };
}

/** Signs this call and no other, whoever asks: what was shown is what is signed. */
function signerOf(call: TxCall, owner: TransactionSigner, chainId: bigint): TransactionSigner {
  return {
    address: owner.address,
    async sign(transaction) {
      const { to, data, valueWei, gas, maxFeePerGasWei } = transaction;
      const isShown = to === call.to && data === call.data && valueWei === 0n;
      if (!isShown || BigInt(transaction.chainId) !== chainId) {
        throw new AppError('signing-refused', { details: 'It is not what was shown.' });
      }
      if (BigInt(gas) * maxFeePerGasWei > FEE_AT_MOST_WEI) {
        throw new AppError('signing-refused', { details: 'Its fee is above what was shown.' });
      }
      return owner.sign(transaction);
    },
  };
}

/** @throws AppError unless it is in a block and did what it should */
function minedHash(outcome: TxOutcome): string {
  switch (outcome.state) {
    case 'mined':
      return outcome.entry.hash;
    case 'pending':
      throw new ChainError('unavailable', 'It was sent, and is not in a block yet.');
    case 'would-revert': {
      const details = decodeContractError(outcome.data)?.sentence ?? outcome.reason;
      throw new AppError('transaction-failed', { details });
    }
    default: {
      const details = outcome.entry.reason ?? `The transaction was ${outcome.state}.`;
      throw new AppError('transaction-failed', { details });
    }
  }
}
