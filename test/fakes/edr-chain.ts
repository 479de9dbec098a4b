/** A real EVM inside the test's own process, with its time in the test's hands. */
import {
  ContractDecoder,
  EdrContext,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1ProviderFactory,
  MineOrdering,
  PRAGUE,
  type Provider,
} from '@nomicfoundation/edr';
import {
  createTestClient,
  custom,
  getAddress,
  publicActions,
  walletActions,
  type Abi,
  type Account,
  type Address,
  type Chain,
  type Hex,
} from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';

const GENESIS_SECONDS = 1_800_000_000;
const BLOCK_GAS = 60_000_000n;
const ETHER = 10n ** 18n;
const BASE_FEE = 1n;

const answerSchema = z.union([
  z.object({ result: z.unknown() }),
  z.object({
    error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

/** What EDR tells of a failed call: the bytes that the contract reverted with, among other things. */
const revertSchema = z.union([
  z.string().transform((data) => ({ data })),
  z.object({ data: z.string() }),
]);

export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

export interface EdrChain {
  readonly chainId: number;
  readonly chain: Chain;
  /** Funded accounts, the same in every run. */
  readonly accounts: readonly PrivateKeyAccount[];
  readonly client: ChainClient;
  request(call: { readonly method: string; readonly params?: unknown }): Promise<unknown>;
  /** The account that sends, for `client.writeContract`. */
  account(index: number): PrivateKeyAccount;
  /** Resolves with the address of the new contract. */
  deploy(from: Account, artifact: Artifact, args: readonly unknown[]): Promise<Address>;
  /** In seconds, of the newest block. */
  now(): Promise<number>;
  /** Mines an empty block with this time, in seconds. */
  travelTo(seconds: number): Promise<void>;
  /** The state as it is, to be taken back once by `restore`. */
  save(): Promise<Hex>;
  restore(saved: Hex): Promise<void>;
}

export type ChainClient = ReturnType<typeof createClients>;

class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** EDR allows one context per process. */
let context: Promise<EdrContext> | null = null;

/** @param chainId another one gives another chain, on which no signature of the first counts */
export async function createEdrChain(chainId = 31_337): Promise<EdrChain> {
  const keys = Array.from({ length: 12 }, (_, index) => testKey(index + 1));
  const accounts = keys.map((key) => privateKeyToAccount(key));
  const provider = await createProvider(chainId, accounts);
  const request: EdrChain['request'] = (call) => handle(provider, call);
  const chain = chainOf(chainId);
  const client = createClients(chain, request);
  const now = async () => Number((await client.getBlock()).timestamp);
  const account = (index: number) => {
    const found = accounts[index];
    if (found === undefined) throw new Error(`there is no account ${index}`);
    return found;
  };
  return {
    chainId,
    chain,
    accounts,
    client,
    request,
    account,
    async deploy(from, { abi, bytecode }, args) {
      const hash = await client.deployContract({ account: from, abi, bytecode, args });
      const { contractAddress } = await client.getTransactionReceipt({ hash });
      if (contractAddress == null) throw new Error('the deployment left no contract');
      return getAddress(contractAddress);
    },
    now,
    async travelTo(seconds) {
      await client.setNextBlockTimestamp({ timestamp: BigInt(seconds) });
      await client.mine({ blocks: 1 });
    },
    save: () => client.snapshot(),
    restore: (saved) => client.revert({ id: saved }),
  };
}

/** Secret to nobody: 31 zero bytes and a number. */
export function testKey(number: number): Hex {
  return `0x${number.toString(16).padStart(64, '0')}`;
}

async function createProvider(
  chainId: number,
  accounts: readonly PrivateKeyAccount[],
): Promise<Provider> {
  const edr = await (context ??= createContext());
  const funded = accounts.map(({ address }) => ({
    address: Buffer.from(address.slice(2), 'hex'),
    balance: 1_000n * ETHER,
  }));
  return edr.createProvider(
    L1_CHAIN_TYPE,
    {
      allowBlocksWithSameTimestamp: true,
      allowUnlimitedContractSize: false,
      bailOnCallFailure: true,
      bailOnTransactionFailure: true,
      chainId: BigInt(chainId),
      coinbase: new Uint8Array(20),
      defaultTransactionGasLimit: BLOCK_GAS,
      genesisState: [...l1GenesisState(l1HardforkFromString(PRAGUE)), ...funded],
      hardfork: PRAGUE,
      initialBaseFeePerGas: BASE_FEE,
      minGasPrice: 0n,
      mining: {
        autoMine: true,
        blockGasLimit: BLOCK_GAS,
        memPool: { order: MineOrdering.Priority },
      },
      network: { genesisBlockGasLimit: BLOCK_GAS, genesisBlockTime: BigInt(GENESIS_SECONDS) },
      networkId: BigInt(chainId),
      observability: {},
      ownedAccounts: [],
      precompileOverrides: [],
      transactionGasCap: false,
    },
    { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => undefined },
    { subscriptionCallback: () => undefined },
    new ContractDecoder(),
  );
}

async function createContext(): Promise<EdrContext> {
  const created = new EdrContext();
  await created.registerProviderFactory(L1_CHAIN_TYPE, l1ProviderFactory());
  return created;
}

async function handle(
  provider: Provider,
  call: { readonly method: string; readonly params?: unknown },
): Promise<unknown> {
  const request = { jsonrpc: '2.0', id: 1, method: call.method, params: call.params ?? [] };
  const response = await provider.handleRequest(JSON.stringify(request));
  const data: unknown = response.data;
  const raw: unknown = typeof data === 'string' ? JSON.parse(data) : data;
  const answer = answerSchema.parse(raw);
  if ('result' in answer) return answer.result;
  const { code, message } = answer.error;
  const revert = revertSchema.safeParse(answer.error.data);
  throw new RpcError(code, message, revert.success ? revert.data.data : undefined);
}

function chainOf(id: number): Chain {
  return {
    id,
    name: 'test',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  };
}

function createClients(chain: Chain, request: EdrChain['request']) {
  const transport = custom({ request }, { retryCount: 0 });
  return createTestClient({ mode: 'hardhat', chain, transport, cacheTime: 0, pollingInterval: 1 })
    .extend(publicActions)
    .extend(walletActions);
}
