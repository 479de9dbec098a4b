/** A hub on a chain of its own, and short ways to call it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  isAddressEqual,
  isHex,
  parseEventLogs,
  zeroHash,
  type Abi,
  type Address,
  type Hex,
  type TransactionReceipt,
} from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import { createEdrChain, testKey, type Artifact, type EdrChain } from '../../fakes/edr-chain.ts';
import {
  keyGrantDigest,
  NO_END,
  sessionId,
  signDigest,
  voucherDigest,
  type CompactSignature,
  type Place,
  type SessionFields,
} from './hub-typed-data.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const GAS = 16_000_000;
const GAS_PRICE = 10n;

const artifactSchema = z.object({
  abi: z.custom<Abi>((value) => Array.isArray(value)),
  bytecode: z.custom<Hex>((value) => isHex(value)),
});
const failureSchema = z.object({ data: z.custom<Hex>((value) => isHex(value)) });
const hashSchema = z.custom<Hex>((value) => isHex(value));

export const PRACTICE_EPOCHS = {
  epochSeconds: 43_200,
  redeemSeconds: 86_400,
  proofSeconds: 7_200,
  graceSeconds: 120,
} as const;

export type EpochParameters = Readonly<Record<keyof typeof PRACTICE_EPOCHS, number>>;

/** Whoever sends it, and the private key behind the address. */
export interface Actor {
  readonly address: Address;
  readonly key: Hex;
}

export interface RowFields extends Omit<SessionFields, 'service' | 'supplier' | 'epoch'> {
  readonly cumulative: bigint;
  readonly amount: bigint;
  readonly ref?: Hex;
}

export interface RedeemRow extends CompactSignature {
  readonly appAndPrice: bigint;
  readonly drawAndAmounts: bigint;
  readonly ref: Hex;
}

/** A call that the contract refused, by the name of its error. */
export class Reverted extends Error {
  readonly errorName: string;
  readonly args: readonly unknown[];

  constructor(errorName: string, args: readonly unknown[]) {
    super(`reverted with ${errorName}`);
    this.errorName = errorName;
    this.args = args;
  }
}

export interface Deployed {
  readonly address: Address;
  /** @throws {Reverted} */
  send(from: Address, functionName: string, ...args: readonly unknown[]): Promise<Sent>;
  /** @throws {Reverted} */
  read(functionName: string, ...args: readonly unknown[]): Promise<unknown>;
}

export interface Sent {
  readonly gas: bigint;
  readonly receipt: TransactionReceipt;
  /** Decoded events of the called contract, in order. */
  readonly events: readonly { readonly name: string; readonly args: unknown }[];
}

export type HubFixture = Awaited<ReturnType<typeof deployHub>>;

export function readArtifact(name: string, folder = 'resources/contracts'): Artifact {
  const file = resolve(ROOT, folder, 'artifacts', `${name}.json`);
  return artifactSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function actor(number: number): Actor {
  const key = testKey(number);
  return { key, address: privateKeyToAddress(key) };
}

/** A hub with a token of the practice kind, or of one that a test brings. */
export async function deployHub(
  parameters: EpochParameters = PRACTICE_EPOCHS,
  tokenArtifact: Artifact = readArtifact('PracticeToken'),
  onChain?: EdrChain,
) {
  const chain = onChain ?? (await createEdrChain());
  const deployer = chain.account(0);
  const tokenAddress = await chain.deploy(deployer, tokenArtifact, []);
  const { epochSeconds, redeemSeconds, proofSeconds, graceSeconds } = parameters;
  const hubArtifact = readArtifact('RelayHub');
  const hubAddress = await chain.deploy(deployer, hubArtifact, [
    tokenAddress,
    epochSeconds,
    redeemSeconds,
    proofSeconds,
    graceSeconds,
  ]);
  const token = contractAt(chain, tokenArtifact.abi, tokenAddress);
  const hub = contractAt(chain, hubArtifact.abi, hubAddress);
  const place: Place = { chainId: chain.chainId, hub: hubAddress };
  const epoch = async () => z.number().parse(await hub.read('currentEpoch'));
  return {
    chain,
    token,
    hub,
    place,
    parameters,
    epoch,
    /** Moves to the start of the epoch that begins `count` epochs after the present one. */
    async skipEpochs(count: number) {
      await chain.travelTo(((await epoch()) + count) * epochSeconds);
    },
    async fund(owner: Address, amount: bigint) {
      await token.send(owner, 'faucet', owner, amount);
      await token.send(owner, 'approve', hubAddress, 2n ** 256n - 1n);
    },
    async deposit(application: Address, amount: bigint) {
      await this.fund(application, amount);
      return hub.send(application, 'depositFor', application, amount);
    },
    async grant(application: Address, key: Actor) {
      const [fromEpoch, untilEpoch, nonce] = z
        .tuple([z.number(), z.literal(NO_END), z.bigint()])
        .parse(await hub.read('grantTerms', application));
      const deadline = BigInt(await chain.now()) + 600n;
      const fields = { application, key: key.address, fromEpoch, untilEpoch, nonce, deadline };
      const { r, vs } = await signDigest(keyGrantDigest(place, fields), key.key);
      return hub.send(application, 'grantHotKey', key.address, deadline, r, vs);
    },
    /** Lists a model and resolves with its service. */
    async list(source: Address, ggufSha256: Hex, royaltyBps: number): Promise<Hex> {
      const args = [ggufSha256, zeroHash, royaltyBps, 'model://test'];
      const service = hashSchema.parse(
        await readAs(chain, hubArtifact.abi, hubAddress, source, 'listModel', args),
      );
      await hub.send(source, 'listModel', ...args);
      return service;
    },
    row: (
      session: Omit<SessionFields, 'application' | 'draw' | 'price'>,
      fields: RowFields,
      signer: Hex,
    ) => signRow(place, session, fields, signer),
  };
}

/** A row as a supplier sends it, with the voucher that the application signed. */
export async function signRow(
  place: Place,
  session: Omit<SessionFields, 'application' | 'draw' | 'price'>,
  fields: RowFields,
  signer: Hex,
): Promise<RedeemRow> {
  const { application, draw, price, cumulative, ref = zeroHash } = fields;
  const id = sessionId(place, { ...session, application, draw, price });
  const signature = await signDigest(
    voucherDigest(place, { session: id, cumulative, ref }),
    signer,
  );
  return { ...packRow(fields), ref, ...signature };
}

export function packRow(fields: RowFields) {
  return {
    appAndPrice: (BigInt(fields.application) << 96n) | fields.price,
    drawAndAmounts: (BigInt(fields.draw) << 192n) | (fields.cumulative << 96n) | fields.amount,
  };
}

export function contractAt(chain: EdrChain, abi: Abi, address: Address): Deployed {
  return {
    address,
    async send(from, functionName, ...args) {
      await chain.client.impersonateAccount({ address: from });
      await chain.client.setBalance({ address: from, value: 10n ** 20n });
      const data = encodeFunctionData({ abi, functionName, args });
      const hash = hashSchema.parse(
        await orRevert(abi, () =>
          chain.request({
            method: 'eth_sendTransaction',
            params: [{ from, to: address, data, gas: hex(GAS), gasPrice: hex(GAS_PRICE) }],
          }),
        ),
      );
      const receipt = await chain.client.getTransactionReceipt({ hash });
      const logs = receipt.logs.filter((log) => isAddressEqual(log.address, address));
      const events = parseEventLogs({ abi, logs }).map((log) => ({
        name: log.eventName,
        args: log.args,
      }));
      return { gas: receipt.gasUsed, receipt, events };
    },
    read: (functionName, ...args) => readAs(chain, abi, address, address, functionName, args),
  };
}

async function readAs(
  chain: EdrChain,
  abi: Abi,
  to: Address,
  from: Address,
  functionName: string,
  args: readonly unknown[],
): Promise<unknown> {
  const call = { from, to, data: encodeFunctionData({ abi, functionName, args }) };
  const data = await orRevert(abi, () =>
    chain.request({ method: 'eth_call', params: [call, 'latest'] }),
  );
  return decodeFunctionResult({ abi, functionName, data: hashSchema.parse(data) });
}

async function orRevert<T>(abi: Abi, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = failureSchema.safeParse(error);
    if (!failure.success || failure.data.data === '0x') throw error;
    const { errorName, args = [] } = decodeErrorResult({ abi, data: failure.data.data });
    throw new Reverted(errorName, args);
  }
}

function hex(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
