import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFunctionData, parseAbi, toFunctionSelector } from 'viem';
import { hubCalls, tokenCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import type { TxCall } from '../../../electron/chain/ports.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import type { KeyIntent, TransactionIntent } from '../../../electron/wallet/key-messages.ts';
import {
  ALLOWED_CALLS,
  createKeyRules,
  MAX_FEE_WEI,
  type KeyHolder,
} from '../../../electron/wallet/key-policy.ts';
import { hexOf } from '../../fakes/arbitrary-protocol.ts';

const addressOf = (byte: string): Hex => `0x${byte.repeat(20)}`;
const HUB = addressOf('a1');
const TOKEN = addressOf('b2');
const STRANGER = addressOf('ee');
const ADDRESSES = { owner: addressOf('c1'), relay: addressOf('c2'), supplier: addressOf('c3') };
const POLICY = { chainId: 31_337, hub: HUB, token: TOKEN };
const WORD: Hex = `0x${'12'.repeat(32)}`;
const SIGNATURE: Hex = `0x${'34'.repeat(64)}`;

const rulesOf = (holder: KeyHolder) =>
  createKeyRules({
    holder,
    policy: POLICY,
    addresses: ADDRESSES,
    selectorOf: (signature) => toFunctionSelector(`function ${signature}`),
  });
const signer = rulesOf('signer');
const keyring = rulesOf('keyring');

function transactionOf(call: TxCall, changes: Partial<TransactionIntent> = {}): KeyIntent {
  const transaction: TransactionIntent = {
    chainId: POLICY.chainId,
    nonce: 3,
    to: call.to,
    data: call.data,
    valueWei: 0n,
    gas: 400_000,
    maxFeePerGasWei: 2_000_000_000n,
    maxPriorityFeePerGasWei: 1_000_000_000n,
    ...changes,
  };
  return { kind: 'transaction', transaction };
}

const hub = hubCalls(HUB);
const token = tokenCalls(TOKEN);
const ROW = {
  application: STRANGER,
  price: 1n,
  draw: 0,
  cumulative: 2n,
  amount: 1n,
  ref: WORD,
  signature: SIGNATURE,
};

const BY_SIGNER: readonly TxCall[] = [
  hub.redeem(ADDRESSES.supplier, WORD, 7, [ROW, ROW]),
  hub.registerSupplier(ADDRESSES.owner),
];
const BY_KEYRING: readonly TxCall[] = [
  token.approve(HUB, 5n),
  hub.depositFor(ADDRESSES.owner, 5n),
  hub.thaw(5n),
  hub.cancelThaw(),
  hub.withdraw(),
  hub.grantHotKey(ADDRESSES.relay, 9n, SIGNATURE),
  hub.revokeKey(ADDRESSES.relay),
  hub.enrol(WORD, 5n, [STRANGER]),
  hub.setBudget(WORD, 6n),
  hub.withdrawCredit(ADDRESSES.owner),
  hub.stakeCredit(ADDRESSES.owner, 5n),
];
/** What a main that was taken over might ask for. */
const BY_NOBODY: readonly TxCall[] = [
  token.transfer(STRANGER, 5n),
  token.faucet(STRANGER, 5n),
  token.approve(STRANGER, 5n),
  { ...token.approve(HUB, 5n), to: HUB },
  { ...hub.withdraw(), to: TOKEN },
  hub.depositFor(STRANGER, 5n),
  hub.stakeCredit(STRANGER, 5n),
  hub.grantHotKey(STRANGER, 9n, SIGNATURE),
  hub.registerSupplier(STRANGER),
  hub.withdrawCredit(STRANGER),
  hub.listModel({ ggufSha256: WORD, weightsHash: WORD, royaltyBps: 0, uri: '' }),
  { to: null, data: '0x6000' },
  { to: STRANGER, data: '0x' },
];

const GRANT = {
  application: ADDRESSES.owner,
  key: ADDRESSES.relay,
  fromEpoch: 1,
  untilEpoch: 2,
  nonce: 0n,
  deadline: 9n,
};

describe('the policy of the keys', () => {
  it('has each process sign the transactions that are its own, and none of the other’s', () => {
    for (const call of BY_SIGNER) {
      expect(signer(transactionOf(call))).toEqual({ key: 'supplier', fault: null });
      expect(keyring(transactionOf(call)).key).toBeNull();
    }
    for (const call of BY_KEYRING) {
      expect(keyring(transactionOf(call))).toEqual({ key: 'owner', fault: null });
      expect(signer(transactionOf(call)).key).toBeNull();
    }
    expect([...BY_SIGNER, ...BY_KEYRING]).toHaveLength(Object.values(ALLOWED_CALLS).flat().length);
  });

  it('has nobody sign what sends money or rights elsewhere', () => {
    for (const call of BY_NOBODY) {
      expect(signer(transactionOf(call)).key).toBeNull();
      expect(keyring(transactionOf(call)).key).toBeNull();
    }
  });

  const spoilt: readonly (readonly [string, Partial<TransactionIntent>])[] = [
    ['for another chain', { chainId: 1 }],
    ['that carries coins', { valueWei: 1n }],
    ['whose fee could be too high', { maxFeePerGasWei: MAX_FEE_WEI / 400_000n + 1n }],
    ['with more gas than that buys', { gas: 2 ** 40 }],
    ['with a tip above its fee', { maxPriorityFeePerGasWei: 2_000_000_001n }],
    ['that makes a contract', { to: null }],
  ];
  it.each(spoilt)('signs no transaction %s', (_what, changes) => {
    for (const call of BY_SIGNER) expect(signer(transactionOf(call, changes)).key).toBeNull();
    for (const call of BY_KEYRING) expect(keyring(transactionOf(call, changes)).key).toBeNull();
  });

  it('signs vouchers, receipts and the own grant in the signer alone', () => {
    const voucher = { session: WORD, cumulative: 1n, ref: WORD };
    expect(signer({ kind: 'voucher', voucher }).key).toBe('relay');
    expect(keyring({ kind: 'voucher', voucher }).key).toBeNull();
    expect(signer({ kind: 'grant', grant: GRANT }).key).toBe('relay');
    expect(keyring({ kind: 'grant', grant: GRANT }).key).toBeNull();
    const others = [{ application: STRANGER }, { key: STRANGER }, { key: ADDRESSES.supplier }];
    for (const change of others) {
      expect(signer({ kind: 'grant', grant: { ...GRANT, ...change } }).key).toBeNull();
    }
  });

  it('refuses whatever is not in its table: any calldata, any address, any chain', () => {
    const known = new Map(
      Object.entries(ALLOWED_CALLS).map(([holder, calls]) => [
        holder,
        new Set(
          calls.map(
            ({ to, signature }) => `${POLICY[to]} ${toFunctionSelector(`function ${signature}`)}`,
          ),
        ),
      ]),
    );
    const place = fc.oneof(fc.constantFrom(HUB, TOKEN, ...Object.values(ADDRESSES)), hexOf(20));
    const data = fc.oneof(
      fc
        .uint8Array({ maxLength: 200 })
        .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`),
      fc
        .tuple(fc.constantFrom(...BY_SIGNER, ...BY_KEYRING, ...BY_NOBODY), fc.nat(), fc.nat(255))
        .map(([call, at, byte]): Hex => {
          const bytes = Buffer.from(call.data.slice(2), 'hex');
          if (bytes.length > 0) bytes[at % bytes.length] = byte;
          return `0x${bytes.toString('hex')}`;
        }),
    );
    const chain = fc.oneof(fc.constant(POLICY.chainId), fc.nat());
    fc.assert(
      fc.property(
        place,
        data,
        chain,
        fc.constantFrom('signer', 'keyring'),
        (to, bytes, chainId, holder) => {
          const { key } = rulesOf(holder)(transactionOf({ to, data: bytes }, { chainId }));
          const isKnown = known.get(holder)?.has(`${to} ${bytes.slice(0, 10)}`) === true;
          if (!isKnown || chainId !== POLICY.chainId) expect(key).toBeNull();
          if (key === null) return;
          // Whatever it names first is one of its own.
          const [first] = ALLOWED_CALLS[holder]
            .filter(({ signature }) =>
              bytes.startsWith(toFunctionSelector(`function ${signature}`)),
            )
            .map((call) => call.first);
          if (first === undefined || first === 'any') return;
          const wanted = { hub: HUB, ...ADDRESSES }[first];
          expect(`0x${bytes.slice(34, 74)}`).toBe(wanted);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('signs no call with something behind its arguments, or without some of them', () => {
    for (const [judge, calls] of [
      [signer, BY_SIGNER],
      [keyring, BY_KEYRING],
    ] as const) {
      for (const call of calls) {
        const longer: Hex = `0x${call.data.slice(2)}${WORD.slice(2)}`;
        const odd: Hex = `0x${call.data.slice(2)}00`;
        const shorter: Hex = `0x${call.data.slice(2, -2)}`;
        for (const data of [longer, odd, shorter]) {
          expect(judge(transactionOf({ ...call, data })).key).toBeNull();
        }
      }
    }
    for (const count of [0, 1, 7]) {
      const enrol = hub.enrol(WORD, 5n, Array<Hex>(count).fill(STRANGER));
      const redeem = hub.redeem(ADDRESSES.supplier, WORD, 7, Array<typeof ROW>(count).fill(ROW));
      expect(keyring(transactionOf(enrol)).key).toBe('owner');
      expect(signer(transactionOf(redeem)).key).toBe('supplier');
    }
    // The list lies behind something that nobody is shown.
    const { data } = hub.enrol(WORD, 5n, [STRANGER]);
    const tail = data.slice(10 + 3 * 64);
    const moved: Hex = `0x${data.slice(2, 10 + 2 * 64)}${'80'.padStart(64, '0')}${WORD.slice(2)}${tail}`;
    expect(keyring(transactionOf({ to: HUB, data: moved })).key).toBeNull();
  });

  it('reads an address of 32 bytes with something in front of it as another one', () => {
    const abi = parseAbi(['function registerSupplier(uint256 payout)']);
    const dirty = BigInt(ADDRESSES.owner) | (1n << 200n);
    const data = encodeFunctionData({ abi, args: [dirty] });
    const renamed: Hex = `0x${hub.registerSupplier(ADDRESSES.owner).data.slice(2, 10)}${data.slice(10)}`;
    expect(signer(transactionOf({ to: HUB, data: renamed })).key).toBeNull();
  });
});
