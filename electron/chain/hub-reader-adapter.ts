/** What RelayHub and its token say about Applications, Suppliers, models and money. */
import { BaseError, createClient, custom } from 'viem';
import { readContract } from 'viem/actions';
import type { Hex } from '../protocol/hex.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { practiceTokenAbi, relayHubAbi } from './hub-abi-adapter.ts';
import type { HubParameters } from './hub-calls-adapter.ts';

/** What a Supplier asks once per epoch and session. Amounts in token units. */
export interface Quote {
  /** Whether the stake covers what this epoch can cost. */
  readonly solvent: boolean;
  readonly draw: number;
  /** This draw's part of the epoch's budget; 0 when nothing is pinned to the Supplier. */
  readonly allowance: bigint;
  readonly paid: bigint;
  readonly hotKey: Hex;
  readonly keyValid: boolean;
}

export interface Stake {
  readonly balance: bigint;
  readonly thawing: bigint;
  readonly thawEndEpoch: number;
}

/** What the next hot key of an Application has to sign. */
export interface GrantTerms {
  readonly fromEpoch: number;
  readonly untilEpoch: number;
  readonly nonce: bigint;
}

export interface ListedService {
  readonly source: Hex;
  readonly ggufSha256: Hex;
  readonly royaltyBps: number;
}

/** Everything throws ChainError. Addresses come in lower case. */
export interface HubReader {
  quote(application: Hex, service: Hex, epoch: number, supplier: Hex): Promise<Quote>;
  stakeOf(application: Hex): Promise<Stake>;
  /** Earned and not withdrawn. */
  creditOf(owner: Hex): Promise<bigint>;
  /** By the chain's clock. */
  currentEpoch(): Promise<number>;
  parameters(): Promise<HubParameters & { readonly token: Hex; readonly reserveEpochs: number }>;
  /** Null when nobody listed it. */
  model(service: Hex): Promise<ListedService | null>;
  payoutOf(supplier: Hex): Promise<Hex>;
  hotKeyOf(application: Hex): Promise<Hex>;
  isKeyValid(application: Hex, key: Hex, epoch: number): Promise<boolean>;
  keyNonce(application: Hex): Promise<bigint>;
  grantTerms(application: Hex): Promise<GrantTerms>;
  /** Of all services; the stake has to cover `reserveEpochs` times this. */
  sumBudgetsOf(application: Hex): Promise<bigint>;
  /** What an Application may spend on a service in an epoch, over how many draws. */
  termsAt(
    application: Hex,
    service: Hex,
    epoch: number,
  ): Promise<{ readonly budget: bigint; readonly draws: number }>;
  drawAt(
    application: Hex,
    service: Hex,
    epoch: number,
    draw: number,
  ): Promise<{ readonly supplier: Hex; readonly allowance: bigint; readonly paid: bigint }>;
  tokensOf(owner: Hex): Promise<bigint>;
  tokenAllowance(owner: Hex, spender: Hex): Promise<bigint>;
}

export function createHubReader(eip1193: Eip1193, hub: Hex, token: Hex): HubReader {
  const transport = custom(
    {
      request: ({ method, params = [] }: { method: string; params?: readonly unknown[] }) =>
        eip1193.request({ method, params }),
    },
    { retryCount: 0 },
  );
  const client = createClient({ transport });
  const at = { address: hub, abi: relayHubAbi } as const;
  const tokenAt = { address: token, abi: practiceTokenAbi } as const;
  return {
    ...accountReads(client, at),
    quote: async (...args) => {
      const read = readContract(client, { ...at, functionName: 'quote', args });
      const [solvent, draw, allowance, paid, hotKey, keyValid] = await checked(read);
      return { solvent, draw, allowance, paid, hotKey: lower(hotKey), keyValid };
    },
    currentEpoch: () => checked(readContract(client, { ...at, functionName: 'currentEpoch' })),
    async parameters() {
      const number = (
        functionName:
          'epochSeconds' | 'redeemSeconds' | 'proofSeconds' | 'graceSeconds' | 'reserveEpochs',
      ) => checked(readContract(client, { ...at, functionName }));
      return {
        epochSeconds: await number('epochSeconds'),
        redeemSeconds: await number('redeemSeconds'),
        proofSeconds: await number('proofSeconds'),
        graceSeconds: await number('graceSeconds'),
        reserveEpochs: await number('reserveEpochs'),
        token: lower(await checked(readContract(client, { ...at, functionName: 'token' }))),
      };
    },
    async model(service) {
      const read = readContract(client, { ...at, functionName: 'model', args: [service] });
      const { source, ggufSha256, royaltyBps } = await checked(read);
      return BigInt(source) === 0n ? null : { source: lower(source), ggufSha256, royaltyBps };
    },
    async termsAt(...args) {
      const read = readContract(client, { ...at, functionName: 'termsAt', args });
      const [budget, draws] = await checked(read);
      return { budget, draws };
    },
    async drawAt(...args) {
      const read = readContract(client, { ...at, functionName: 'drawAt', args });
      const [supplier, allowance, paid] = await checked(read);
      return { supplier: lower(supplier), allowance, paid };
    },
    tokensOf: (owner) =>
      checked(readContract(client, { ...tokenAt, functionName: 'balanceOf', args: [owner] })),
    tokenAllowance: (...args) =>
      checked(readContract(client, { ...tokenAt, functionName: 'allowance', args })),
  };
}

type Client = ReturnType<typeof createClient>;
type AccountRead =
  | 'stakeOf'
  | 'creditOf'
  | 'payoutOf'
  | 'hotKeyOf'
  | 'isKeyValid'
  | 'keyNonce'
  | 'grantTerms'
  | 'sumBudgetsOf';

function accountReads(
  client: Client,
  at: { readonly address: Hex; readonly abi: typeof relayHubAbi },
): Pick<HubReader, AccountRead> {
  return {
    async stakeOf(application) {
      const read = readContract(client, { ...at, functionName: 'balanceOf', args: [application] });
      const [balance, thawing, thawEndEpoch] = await checked(read);
      return { balance, thawing, thawEndEpoch };
    },
    creditOf: (owner) =>
      checked(readContract(client, { ...at, functionName: 'creditOf', args: [owner] })),
    payoutOf: async (supplier) =>
      lower(
        await checked(readContract(client, { ...at, functionName: 'payoutOf', args: [supplier] })),
      ),
    hotKeyOf: async (...args) =>
      lower(await checked(readContract(client, { ...at, functionName: 'hotKeyOf', args }))),
    isKeyValid: (...args) =>
      checked(readContract(client, { ...at, functionName: 'isKeyValid', args })),
    keyNonce: (...args) => checked(readContract(client, { ...at, functionName: 'keyNonce', args })),
    sumBudgetsOf: (...args) =>
      checked(readContract(client, { ...at, functionName: 'sumBudgetsOf', args })),
    async grantTerms(...args) {
      const read = readContract(client, { ...at, functionName: 'grantTerms', args });
      const [fromEpoch, untilEpoch, nonce] = await checked(read);
      return { fromEpoch, untilEpoch, nonce };
    },
  };
}

/** viem wraps what the port threw, and has words of its own for an answer that is none. */
async function checked<Value>(read: Promise<Value>): Promise<Value> {
  try {
    return await read;
  } catch (error) {
    const known =
      error instanceof BaseError ? error.walk((one) => one instanceof ChainError) : null;
    if (known instanceof ChainError) throw known;
    const reason = error instanceof BaseError ? error.shortMessage : String(error);
    throw new ChainError('malformed', reason, { cause: error });
  }
}

/** viem writes addresses with a checksum's capitals. */
function lower(address: Hex): Hex {
  return `0x${address.slice(2).toLowerCase()}`;
}
