/** Calls, events, errors and addresses, against the compiled contracts. */
import {
  type Abi,
  decodeFunctionData,
  encodeErrorResult,
  encodeEventTopics,
  toFunctionSelector,
} from 'viem';
import { formatAbiItem } from 'viem/utils';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import relayHub from '../../../resources/contracts/artifacts/RelayHub.json' with { type: 'json' };
import practiceToken from '../../../resources/contracts/artifacts/PracticeToken.json' with { type: 'json' };
import {
  contractErrorsAbi,
  practiceTokenAbi,
  relayHubAbi,
} from '../../../electron/chain/hub-abi-adapter.ts';
import { hubCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import { decodeContractError } from '../../../electron/chain/hub-errors-adapter.ts';
import { decodeHubEvents } from '../../../electron/chain/hub-events-adapter.ts';
import { FAUCET_ADDRESS, faucetKey } from '../../../electron/chain/practice-genesis.ts';
import { addressOf, keySigner } from '../../../electron/chain/sign-transaction-adapter.ts';
import { toHex, type Hex } from '../../../electron/protocol/hex.ts';

const HUB: Hex = `0x${'ab'.repeat(20)}`;
const ONE: Hex = `0x${'11'.repeat(20)}`;
const WORD: Hex = `0x${'22'.repeat(32)}`;
const SIGNATURE: Hex = `0x${'33'.repeat(32)}${'44'.repeat(32)}`;
const MAX_96 = 2n ** 96n - 1n;

/** Names, types, order and mutability; not the parameters' names. */
function shapes(abi: Abi): string[] {
  return abi.map((item) => {
    if (item.type === 'function') {
      const outputs = formatAbiItem({ ...item, inputs: item.outputs });
      return `${item.stateMutability} ${formatAbiItem(item)} -> ${outputs}`;
    }
    if (item.type === 'event') {
      return `event ${formatAbiItem(item)} ${item.inputs.map((one) => one.indexed === true).join()}`;
    }
    return item.type === 'error' ? `error ${formatAbiItem(item)}` : item.type;
  });
}

describe('the ABI', () => {
  it('knows nothing that the compiled contracts do not have', () => {
    const hub = shapes(relayHub.abi as Abi).map((shape) => shape.replace(/^pure/, 'view'));
    const token = shapes(practiceToken.abi as Abi).map((shape) => shape.replace(/^pure/, 'view'));
    expect(hub).toEqual(expect.arrayContaining(shapes(relayHubAbi)));
    expect(token).toEqual(expect.arrayContaining(shapes(practiceTokenAbi)));
  });

  it('knows every event, every error, and every way to change something', () => {
    const ofHub = (abi: Abi, type: string) =>
      abi.filter(
        (item) => item.type === type && 'name' in item && item.name !== 'EIP712DomainChanged',
      );
    const events = (abi: Abi) => shapes(ofHub(abi, 'event')).sort();
    expect(events(relayHubAbi)).toEqual(events(relayHub.abi as Abi));
    const errors = [...(relayHub.abi as Abi), ...(practiceToken.abi as Abi)];
    const known = shapes(contractErrorsAbi);
    expect(known).toEqual(expect.arrayContaining(shapes(ofHub(errors, 'error'))));
    const changing = (abi: Abi) =>
      shapes(abi).filter(
        (shape) => shape.startsWith('nonpayable') && !shape.includes('movePayout'),
      );
    expect(changing(relayHubAbi).sort()).toEqual(changing(relayHub.abi as Abi).sort());
  });
});

describe('calls', () => {
  it('pack a redemption row as the contract unpacks it', () => {
    const row = {
      application: ONE,
      price: MAX_96,
      draw: 15,
      cumulative: MAX_96,
      amount: MAX_96 - 1n,
    };
    const { to, data } = hubCalls(HUB).redeem(ONE, WORD, 7, [
      { ...row, ref: WORD, signature: SIGNATURE },
    ]);
    expect(to).toBe(HUB);
    const decoded = decodeFunctionData({ abi: relayHubAbi, data });
    if (decoded.functionName !== 'redeem') throw new Error(decoded.functionName);
    const [packed] = decoded.args[3];
    expect(packed?.appAndPrice).toBe((BigInt(ONE) << 96n) | MAX_96);
    expect(packed?.drawAndAmounts).toBe((15n << 192n) | (MAX_96 << 96n) | (MAX_96 - 1n));
    expect([packed?.r, packed?.vs]).toEqual([`0x${'33'.repeat(32)}`, `0x${'44'.repeat(32)}`]);
  });

  it('refuse amounts and signatures that do not fit', () => {
    const row = { application: ONE, price: 1n, draw: 0, cumulative: 1n, amount: 1n, ref: WORD };
    const redeem = (change: object) => () =>
      hubCalls(HUB).redeem(ONE, WORD, 7, [{ ...row, signature: SIGNATURE, ...change }]);
    expect(redeem({ cumulative: MAX_96 + 1n })).toThrow(RangeError);
    expect(redeem({ amount: -1n })).toThrow(RangeError);
    expect(redeem({ signature: `${SIGNATURE}00` })).toThrow(RangeError);
  });

  it('have the selectors of the compiled contract', () => {
    const { data } = hubCalls(HUB).depositFor(ONE, 5n);
    expect(data.slice(0, 10)).toBe(toFunctionSelector('depositFor(address,uint96)'));
  });
});

describe('events and errors', () => {
  it('unpack a row and leave out what is not the hub’s', () => {
    const topics = encodeEventTopics({
      abi: relayHubAbi,
      eventName: 'Row',
      args: { application: ONE },
    }) as Hex[];
    const packed = (3n << 192n) | (70n << 96n) | 20n;
    const data: Hex = `0x${packed.toString(16).padStart(64, '0')}`;
    const log = { address: HUB, topics, data };
    const strange = { ...log, topics: [WORD] };
    const foreign = { ...log, address: ONE };
    expect(decodeHubEvents(HUB, [log, strange, foreign, { ...log, topics: [] }])).toEqual([
      { name: 'Row', application: ONE, draw: 3, totalPaid: 70n, paid: 20n },
    ]);
  });

  it('have a sentence each, with its values', () => {
    const data = encodeErrorResult({
      abi: contractErrorsAbi,
      errorName: 'AboveAllowance',
      args: [2n, 50n],
    });
    expect(decodeContractError(data)).toEqual({
      name: 'AboveAllowance',
      sentence: 'Row 2 asks for more than its draw’s part of the budget, 50.',
    });
    const abi: Abi = contractErrorsAbi;
    for (const { name, inputs } of contractErrorsAbi) {
      const args = inputs.map(({ type }) =>
        type === 'string' ? 'x' : type === 'address' ? ONE : type === 'bytes32' ? WORD : 1,
      );
      const any = encodeErrorResult({ abi, errorName: name, args });
      expect(decodeContractError(any)?.sentence).toMatch(/\.$/);
    }
    expect(decodeContractError('0xdeadbeef')).toBeNull();
    expect(decodeContractError(null)).toBeNull();
  });
});

describe('signing', () => {
  it('gives the faucet the address that the genesis block pays', () => {
    expect(addressOf(faucetKey())).toBe(FAUCET_ADDRESS);
  });

  it('signs as viem does, byte for byte', async () => {
    const key = faucetKey();
    const fees = { maxFeePerGasWei: 9n, maxPriorityFeePerGasWei: 2n };
    const rest = { chainId: 50_878, data: '0x1234' as const, gas: 30_000 };
    for (const to of [ONE, null]) {
      for (let nonce = 0; nonce < 8; nonce++) {
        const ours = await keySigner(key).sign({ ...rest, ...fees, nonce, to, valueWei: 3n });
        const theirs = await privateKeyToAccount(toHex(key)).signTransaction({
          ...rest,
          ...(to === null ? {} : { to }),
          type: 'eip1559',
          nonce,
          value: 3n,
          gas: 30_000n,
          maxFeePerGas: 9n,
          maxPriorityFeePerGas: 2n,
        });
        expect(ours.raw).toBe(theirs);
      }
    }
  });
});
