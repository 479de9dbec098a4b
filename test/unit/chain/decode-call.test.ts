/** What is shown before it is signed is read from the bytes, and bytes that say more are not shown at all. */
import fc from 'fast-check';
import { getAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { intentLines, intentTitle } from '../../../electron/app/wallet-words.ts';
import { callsFor, refusalOf, type Balances } from '../../../electron/app/wallet-plan.ts';
import { decodeCall } from '../../../electron/chain/decode-call-adapter.ts';
import { relayHubAbi } from '../../../electron/chain/hub-abi-adapter.ts';
import { hubCalls, tokenCalls } from '../../../electron/chain/hub-calls-adapter.ts';
import type { TxCall } from '../../../electron/chain/ports.ts';
import { toAppError } from '../../../electron/platform/app-error.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';

const HUB: Hex = `0x${'ab'.repeat(20)}`;
const TOKEN: Hex = `0x${'cd'.repeat(20)}`;
const OWNER: Hex = '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc';
const OTHER: Hex = `0x${'11'.repeat(20)}`;
const WORD: Hex = `0x${'22'.repeat(32)}`;
const SIGNATURE: Hex = `0x${'33'.repeat(32)}${'44'.repeat(32)}`;
const CONTRACTS = { hub: HUB, token: TOKEN };
const ASSET = { symbol: 'PRAC', decimals: 6 };
const MAX_96 = 2n ** 96n - 1n;
const anyAmount = fc.bigInt({ min: 1n, max: MAX_96 });

const hub = hubCalls(HUB);
const ROW = {
  ...{ application: OTHER, price: 1n, draw: 0, cumulative: 2n, amount: 2n },
  ...{ ref: WORD, signature: SIGNATURE },
};
const LISTING = { ggufSha256: WORD, weightsHash: WORD, royaltyBps: 5, uri: 'a, b' };
/** One of each that Lull ever sends. */
const ALLOWED: Readonly<Record<string, TxCall>> = {
  depositFor: hub.depositFor(OWNER, 2_000_000n),
  thaw: hub.thaw(2n),
  cancelThaw: hub.cancelThaw(),
  withdraw: hub.withdraw(),
  grantHotKey: hub.grantHotKey(OTHER, 1_800_000_000n, SIGNATURE),
  revokeKey: hub.revokeKey(OTHER),
  listModel: hub.listModel(LISTING),
  enrol: hub.enrol(WORD, 5n, [OTHER, OWNER]),
  setBudget: hub.setBudget(WORD, 5n),
  registerSupplier: hub.registerSupplier(OWNER),
  redeem: hub.redeem(OTHER, WORD, 7, [ROW]),
  withdrawCredit: hub.withdrawCredit(OWNER),
  stakeCredit: hub.stakeCredit(OWNER, 9n),
  approve: tokenCalls(TOKEN).approve(HUB, 2_000_000n),
};

function codeOf(call: TxCall): string | null {
  try {
    decodeCall(call, CONTRACTS);
    return null;
  } catch (error) {
    return toAppError(error).code;
  }
}

function linesOf(...calls: readonly TxCall[]) {
  return intentLines(calls, {
    asset: ASSET,
    contracts: CONTRACTS,
    chainId: 50_866n,
    from: getAddress(OWNER),
    names: new Map([[getAddress(OWNER), 'your account']]),
    feeAtMostWei: 10n ** 15n,
  });
}

describe('a call that Lull may send', () => {
  it.each(Object.entries(ALLOWED))('%s is read back from its bytes', (name, call) => {
    const decoded = decodeCall(call, CONTRACTS);
    expect(decoded.functionName).toBe(name);
    expect(decoded.meaning).not.toBe('');
    for (const { label, value } of decoded.args) {
      expect(label).not.toBe('');
      if (value.kind === 'text') expect(value.text).not.toBe('');
    }
    expect(linesOf(call).every(({ label, value }) => label !== '' && value !== '')).toBe(true);
  });

  it('is every function of the hub that changes something, and approving the hub', () => {
    const changing = relayHubAbi.flatMap((item) =>
      item.type === 'function' && item.stateMutability === 'nonpayable' ? [item.name] : [],
    );
    expect(Object.keys(ALLOWED).sort()).toEqual([...changing, 'approve'].sort());
  });

  it('says network, contract, function, arguments, sender and fee', () => {
    expect(
      linesOf(...[ALLOWED['approve'], ALLOWED['depositFor']].flatMap((each) => each ?? [])),
    ).toEqual([
      { label: 'Network', value: 'Practice, on this computer (chain 50866)' },
      { label: 'Transaction', value: '1 of 2' },
      { label: 'Contract', value: `Practice coin, ${getAddress(TOKEN)}` },
      { label: 'Function', value: 'approve: lets RelayHub take as much as this, and no more' },
      { label: 'Allowed to', value: `RelayHub, ${getAddress(HUB)}` },
      { label: 'Amount', value: '2 PRAC' },
      { label: 'Transaction', value: '2 of 2' },
      { label: 'Contract', value: `RelayHub, ${getAddress(HUB)}` },
      { label: 'Function', value: 'depositFor: adds to the stake of an Application' },
      { label: 'Application', value: `your account, ${getAddress(OWNER)}` },
      { label: 'Amount', value: '2 PRAC' },
      { label: 'From', value: `your account, ${getAddress(OWNER)}` },
      { label: 'Fee at most', value: '0.002 practice coins for gas, which cost nothing' },
    ]);
  });

  it('shows the amount that is in the bytes, whatever it is', () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        const { args } = decodeCall(hub.thaw(amount), CONTRACTS);
        expect(args).toEqual([{ label: 'Amount', value: { kind: 'amount', units: amount } }]);
        expect(intentTitle('thaw', amount, ASSET)).toMatch(/^Take [\d.]+ PRAC out of the stake$/);
      }),
    );
  });
});

describe('anything else', () => {
  it('is refused: arbitrary bytes, cut bytes, bytes with something behind them', () => {
    const bytes = fc
      .uint8Array({ maxLength: 300 })
      .map((all): Hex => `0x${Buffer.from(all).toString('hex')}`);
    fc.assert(
      fc.property(fc.constantFrom(HUB, TOKEN, OTHER), bytes, (to, data) => {
        expect(codeOf({ to, data })).toBe('signing-refused');
      }),
    );
    const calls = fc.constantFrom(...Object.values(ALLOWED));
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 4 }), (call, count) => {
        const cut: Hex = `0x${call.data.slice(2, -2 * count)}`;
        expect(codeOf({ ...call, data: cut })).toBe('signing-refused');
        const longer: Hex = `${call.data}${'00'.repeat(count)}`;
        expect(codeOf({ ...call, data: longer })).toBe('signing-refused');
      }),
    );
  });

  it('is refused: a dirty word around a field', () => {
    const dirty: Hex = `0x${hub.thaw(1n).data.slice(2, 10)}${'ff'.repeat(31)}01`;
    expect(codeOf({ to: HUB, data: dirty })).toBe('signing-refused');
  });

  it('is refused: another contract, coins along, a new contract, other functions of the token', () => {
    const thaw = hub.thaw(1n);
    expect(codeOf(thaw)).toBeNull();
    expect(codeOf({ ...thaw, to: OTHER })).toBe('signing-refused');
    expect(codeOf({ ...thaw, to: TOKEN })).toBe('signing-refused');
    expect(codeOf({ ...thaw, valueWei: 1n })).toBe('signing-refused');
    expect(codeOf({ ...thaw, to: null })).toBe('signing-refused');
    expect(codeOf(tokenCalls(TOKEN).approve(OTHER, 1n))).toBe('signing-refused');
    expect(codeOf(tokenCalls(TOKEN).transfer(OTHER, 1n))).toBe('signing-refused');
    expect(codeOf(tokenCalls(TOKEN).faucet(OTHER, 1n))).toBe('signing-refused');
  });
});

describe('the plan', () => {
  const balances: Balances = {
    ...{
      available: 10n,
      staked: 100n,
      thawing: 30n,
      thawEndsAtMs: 5_000,
      credits: 7n,
      atMs: 4_000,
    },
  };
  const facts = { owner: OWNER, hub: HUB, token: TOKEN, allowance: 5n };

  it('takes no amount of 0, none below, and none that is not there', () => {
    const say = (...args: [Parameters<typeof refusalOf>[0], bigint]) =>
      refusalOf(...args, balances, ASSET);
    expect(say('deposit', 0n)).toContain('above 0');
    expect(say('deposit', 10n)).toBeNull();
    expect(say('deposit', 11n)).toBe('The account holds only 0.00001 PRAC.');
    expect(say('thaw', 70n)).toBeNull();
    expect(say('thaw', 71n)).toContain('Only 0.00007 PRAC of the stake');
    expect(say('withdraw-stake', 30n)).toContain('can be withdrawn from');
    expect(refusalOf('withdraw-stake', 30n, { ...balances, atMs: 5_000 }, ASSET)).toBeNull();
    expect(refusalOf('withdraw-stake', 29n, { ...balances, atMs: 5_000 }, ASSET)).toContain('once');
    expect(say('withdraw-credits', 7n)).toBeNull();
    expect(say('withdraw-credits', 6n)).toContain('all at once');
  });

  it('approves just what is deposited, and only when that is needed', () => {
    const purposes = (amount: bigint) =>
      callsFor('deposit', amount, facts).map(({ purpose }) => purpose);
    expect(purposes(5n)).toEqual(['deposit']);
    expect(purposes(6n)).toEqual(['approve', 'deposit']);
    const [approve] = callsFor('deposit', 6n, facts);
    expect(approve && decodeCall(approve.call, CONTRACTS).args[1]?.value).toEqual({
      kind: 'amount',
      units: 6n,
    });
  });
});
