/** The wallet's commands as main might run them: a practice wallet with some money, and words for what is signed. */
import type { Bridge, CommandName } from '../../electron/ipc/table.ts';
import type { Intent, Wallet } from '../../electron/ipc/wallet.ts';
import type { FakeMain } from './fake-owner.ts';
import { failureFor } from './fake-snapshot.ts';

type WalletCommands = Pick<Bridge['command'], Extract<CommandName, `wallet.${string}`>>;

export const FAKE_ACCOUNTS: Wallet['accounts'] = [
  { role: 'owner', address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266' },
  { role: 'supplier', address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' },
  { role: 'relay', address: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC' },
];

export const FAKE_BALANCES: NonNullable<Wallet['balances']> = {
  available: 12_500_000n,
  staked: 2_000_000n,
  thawing: 0n,
  thawEndsAtMs: null,
  credits: 389n,
  atMs: 1_000,
};

const TITLES: Readonly<Record<Intent['action'], string>> = {
  deposit: 'Add to the stake',
  thaw: 'Take out of the stake',
  'withdraw-stake': 'Withdraw the stake that has thawed',
  'withdraw-credits': 'Withdraw what was collected',
};

export function fakeWalletCommands({ command, patch, snapshot }: FakeMain): WalletCommands {
  let prepared: Intent | null = null;
  const change = (part: Partial<Wallet>) => patch({ wallet: { ...snapshot().wallet, ...part } });
  const changeMain = (part: Partial<Wallet['main']>) =>
    change({ main: { ...snapshot().wallet.main, ...part } });
  return {
    'wallet.openWindow': (input) =>
      command('wallet.openWindow', input, () => changeMain({ isBusy: true })),
    'wallet.lock': () => command('wallet.lock', undefined, () => changeMain({ state: 'locked' })),
    'wallet.refresh': () =>
      command('wallet.refresh', undefined, () =>
        change({ accounts: FAKE_ACCOUNTS, balances: FAKE_BALANCES }),
      ),
    'wallet.prepare': (input) =>
      command('wallet.prepare', input, () => {
        prepared = {
          id: 'intent-1',
          ...input,
          title: TITLES[input.action],
          lines: [
            { label: 'Network', value: 'Practice (31337)' },
            { label: 'Contract', value: '0x5FbDB2315678afecb367f032d93F642f64180aa3' },
            { label: 'Fee at most', value: '0.0001' },
          ],
          expiresAtMs: Date.now() + 60_000,
        };
        return prepared;
      }),
    'wallet.confirm': (input) =>
      command('wallet.confirm', input, () =>
        input.intentId === prepared?.id
          ? { transaction: `0x${'7a'.repeat(32)}` }
          : failureFor('intent-expired'),
      ),
    'wallet.copyAddress': (input) => command('wallet.copyAddress', input, () => undefined),
  };
}
