/** Money on its way from a keyboard to a transaction, and where it is: exact, in order, and hidden when asked. */
import fc from 'fast-check';
import decodeQR from 'qr/decode.js';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Wallet } from '../../../electron/ipc/wallet.ts';
import { addedUp, dayBars } from '../../../renderer/features/earnings/hour-bars.ts';
import { EarningsScreen } from '../../../renderer/features/earnings/EarningsScreen.tsx';
import {
  balanceParts,
  total,
  type Balances,
} from '../../../renderer/features/wallet/balance-parts.ts';
import { moneyOffers } from '../../../renderer/features/wallet/money-actions.ts';
import { qrSquares } from '../../../renderer/features/wallet/qr-adapter.ts';
import { WalletScreen } from '../../../renderer/features/wallet/WalletScreen.tsx';
import { addressGroups } from '../../../renderer/format/addresses.ts';
import { formatUnits, parseAmount, typedUnits } from '../../../renderer/format/amounts.ts';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { fakeLine, withRelay } from '../../fakes/fake-network.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const PRAC = { symbol: 'PRAC', decimals: 6 };
const DAY_MS = 86_400_000;
const NOON = new Date('2026-11-20T12:00:00').getTime();
const OWNER = '0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF';

const anyUnits = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const anyDecimals = fc.integer({ min: 0, max: 18 });

describe('an amount that is typed', () => {
  it('is exactly the units that it says, for every amount there can be', () => {
    fc.assert(
      fc.property(anyUnits, anyDecimals, (units, decimals) => {
        const asset = { symbol: 'X', decimals };
        const text = typedUnits(units, decimals);
        expect(parseAmount(text, asset)).toEqual({ units, fault: null });
        expect(parseAmount(` ${text} `, asset).units).toBe(units);
      }),
    );
  });

  it('may end in zeros or begin with a point', () => {
    expect(parseAmount('.5', PRAC).units).toBe(500_000n);
    expect(parseAmount('1.', PRAC).units).toBe(1_000_000n);
    expect(parseAmount('007.50000000', PRAC).units).toBe(7_500_000n);
  });

  it.each([
    '',
    ' ',
    '.',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1,5',
    '1,000',
    '1 000',
    '١',
    '1.0000001',
    'NaN',
  ])('of %j is refused in a sentence', (text) => {
    const { units, fault } = parseAmount(text, PRAC);
    expect(units).toBeNull();
    expect(fault).not.toBeNull();
  });

  it('never becomes another amount, whatever is typed', () => {
    const anyText = fc.stringMatching(/^[0-9.,+ e-]*$/);
    fc.assert(
      fc.property(anyText, (text) => {
        const { units } = parseAmount(text, PRAC);
        if (units === null) return;
        const plain = text.trim().replace(/^0+(?=\d)/, '');
        const [whole = '', fraction = ''] = plain.split('.');
        const shown = fraction.replace(/0+$/, '');
        const meant = shown === '' ? whole || '0' : `${whole || '0'}.${shown}`;
        expect(formatUnits(units, 6).replaceAll(',', '')).toBe(meant);
      }),
    );
  });
});

describe('an address', () => {
  it('stands in groups of four that are the whole of it', () => {
    expect(addressGroups(OWNER).slice(0, 3)).toEqual(['0x', '2B5A', 'D5c4']);
    expect(addressGroups(OWNER)).toHaveLength(11);
    expect(addressGroups(OWNER).join('')).toBe(OWNER);
  });

  it('is read back from its QR code, capitals and all', () => {
    const { size, path } = qrSquares(OWNER);
    const scale = 4;
    const side = size * scale;
    const data = new Uint8ClampedArray(side * side * 4).fill(255);
    for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
      for (let place = 0; place < scale * scale; place += 1) {
        const column = Number(x) * scale + (place % scale);
        const row = Number(y) * scale + Math.floor(place / scale);
        data.set([0, 0, 0], (row * side + column) * 4);
      }
    }
    expect(decodeQR({ width: side, height: side, data })).toBe(OWNER);
  });
});

const BALANCES: Balances = {
  available: 5_000_000n,
  staked: 280_000_000n,
  thawing: 2_500_000n,
  thawEndsAtMs: NOON + DAY_MS,
  credits: 389n,
  atMs: NOON,
};

describe('the balances', () => {
  const anyBalances = fc.record({
    ...{ available: anyUnits, staked: anyUnits, thawing: anyUnits, credits: anyUnits },
    thawEndsAtMs: fc.constant(NOON),
    atMs: fc.constant(NOON),
  });

  it('are cut into parts that add up to the whole, also when the stake was drawn on meanwhile', () => {
    fc.assert(
      fc.property(anyBalances, (balances) => {
        const parts = balanceParts(balances, NOON);
        expect(parts.reduce((sum, { units }) => sum + units, 0n)).toBe(total(balances));
        expect(parts.every(({ units }) => units >= 0n)).toBe(true);
      }),
    );
  });

  it('offer what can be done, and what has thawed only once it has', () => {
    const offered = (nowMs: number) =>
      moneyOffers(BALANCES, nowMs).map(({ action, most }) => [action, most]);
    expect(offered(NOON)).toEqual([
      ['deposit', 5_000_000n],
      ['thaw', 277_500_000n],
      ['withdraw-credits', 389n],
    ]);
    expect(offered(NOON + DAY_MS)[0]).toEqual(['withdraw-stake', 2_500_000n]);
  });
});

describe('the days of a chart', () => {
  it('are named, and add up to what was earned in them', () => {
    const days = Array.from({ length: 30 }, (_unused, index) => ({
      startMs: new Date(2026, 9, 22 + index).getTime(),
      earned: BigInt(index),
      relays: index,
    }));
    const write = (units: bigint) => `${String(units)} units`;
    const bars = dayBars(days, write);
    expect(bars.at(-1)?.words).toBe('Fri 20 Nov: 29 units from 29 relays');
    expect(bars[0]?.words).toBe('Thu 22 Oct: nothing earned');
    expect(bars.map(({ tick }) => tick).filter(Boolean)).toHaveLength(4);
    const points = addedUp(days, 'day', write);
    expect(points.at(-1)).toMatchObject({
      value: 435n,
      words: 'Up to Fri 20 Nov: 435 units',
    });
    expect(points.every(({ value }, index) => value >= (points[index - 1]?.value ?? 0n))).toBe(
      true,
    );
  });
});

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

const WALLET: Wallet = {
  ...fakeSnapshot().wallet,
  accounts: [{ role: 'owner', address: OWNER }],
  keptIn: 'key-store',
  balances: BALANCES,
};

describe('the wallet', () => {
  it('says what there is, marks it as practice, and where the keys are', async () => {
    const app = await openApp({ snapshot: fakeSnapshot({ wallet: WALLET }) });
    const markup = draw(app, <WalletScreen />);
    expect(markup).toContain('285.000389');
    expect(markup).toContain('277.5 PRAC');
    expect(markup).toContain('sealed by the key store of your system');
    expect(markup.match(/badge-practice/g)?.length).toBeGreaterThanOrEqual(3);
    expect(markup).toContain('no public network exists yet');
  });

  it.each([
    ['none', ['Create…', 'Import words…']],
    // A passphrase is forgotten, or the file damaged: the words are what is left.
    ['locked', ['Unlock…', 'Import words…']],
    ['unlocked', ['Lock']],
  ] as const)('offers for a main wallet that is %s: %s', async (state, names) => {
    const main = { ...WALLET.main, state };
    const app = await openApp({ snapshot: fakeSnapshot({ wallet: { ...WALLET, main } }) });
    const markup = draw(app, <WalletScreen />);
    for (const name of names) expect(markup).toContain(`>${name}</button>`);
  });

  it('and the earnings show no digit of an amount or an address in discreet mode', async () => {
    const { settings, earnings } = fakeSnapshot();
    const snapshot = fakeSnapshot({
      wallet: WALLET,
      settings: { ...settings, isDiscreet: true },
      earnings: withRelay(earnings, fakeLine({ atMs: NOON, charged: 987_654n })),
    });
    const app = await openApp({ snapshot });
    const markup = draw(app, <WalletScreen />) + draw(app, <EarningsScreen />);
    for (const secret of ['987654', '280', '277.5', '0.000389', '2B5A']) {
      expect(markup).not.toContain(secret);
    }
    expect(markup).toContain('•••••');
  });
});
