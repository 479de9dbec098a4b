/** A real EVM in this process: `@nomicfoundation/edr`, set up as the practice chain. */
import {
  ContractDecoder,
  EdrContext,
  L1_CHAIN_TYPE,
  l1GenesisState,
  l1HardforkFromString,
  l1ProviderFactory,
  MineOrdering,
  PRAGUE,
  type ProviderConfig,
} from '@nomicfoundation/edr';
import { fromHex } from '../protocol/hex.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { rpcReplySchema } from './json-rpc.ts';
import {
  BASE_FEE_WEI,
  BLOCK_GAS_LIMIT,
  DEPLOYER_ADDRESS,
  DEPLOYER_CODE,
  FAUCET_ADDRESS,
  FAUCET_BALANCE_WEI,
  GENESIS_TIME_S,
  PRACTICE_CHAIN_ID,
} from './practice-genesis.ts';

/**
 * Starts at the genesis block; mines one block for each transaction and none otherwise.
 * Answers EDR's own methods too, time travel for one: never to be reachable from outside without a filter.
 */
export async function createEdr(): Promise<Eip1193> {
  const context = new EdrContext();
  await context.registerProviderFactory(L1_CHAIN_TYPE, l1ProviderFactory());
  const provider = await context.createProvider(
    L1_CHAIN_TYPE,
    providerConfig(),
    { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => undefined },
    { subscriptionCallback: () => undefined },
    new ContractDecoder(),
  );
  return {
    async request({ method, params }) {
      const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const response = await provider.handleRequest(request);
      // A long answer comes as text, a short one as an object.
      const data: unknown = response.data;
      const reply = rpcReplySchema.parse(typeof data === 'string' ? JSON.parse(data) : data);
      if ('result' in reply) return reply.result;
      const { code, message, data: returned } = reply.error;
      throw new ChainError('refused', message, { rpcCode: code, data: returned ?? null });
    },
  };
}

function providerConfig(): ProviderConfig {
  const blockGasLimit = BigInt(BLOCK_GAS_LIMIT);
  return {
    chainId: BigInt(PRACTICE_CHAIN_ID),
    networkId: BigInt(PRACTICE_CHAIN_ID),
    hardfork: PRAGUE,
    genesisState: [
      ...l1GenesisState(l1HardforkFromString(PRAGUE)),
      { address: fromHex(FAUCET_ADDRESS), balance: FAUCET_BALANCE_WEI },
      { address: fromHex(DEPLOYER_ADDRESS), code: fromHex(DEPLOYER_CODE), nonce: 1n },
    ],
    network: {
      genesisBlockGasLimit: blockGasLimit,
      genesisBlockTime: BigInt(GENESIS_TIME_S),
    },
    mining: { autoMine: true, blockGasLimit, memPool: { order: MineOrdering.Fifo } },
    initialBaseFeePerGas: BASE_FEE_WEI,
    minGasPrice: 0n,
    coinbase: new Uint8Array(20),
    defaultTransactionGasLimit: blockGasLimit / 2n,
    // Several transactions in one second are several blocks of that second.
    allowBlocksWithSameTimestamp: true,
    allowUnlimitedContractSize: false,
    // As other nodes do: a call that reverts is an error, a transaction that reverts is mined.
    bailOnCallFailure: true,
    bailOnTransactionFailure: false,
    observability: {},
    ownedAccounts: [],
    precompileOverrides: [],
  };
}
