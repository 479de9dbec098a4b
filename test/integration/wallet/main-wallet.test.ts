/** Main's hold on the wallet and the process that keeps its key, joined as they are in the app. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Child, Port, SpawnChild } from '../../../electron/platform/child.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { AUTO_LOCK_MS } from '../../../electron/wallet/main-key.ts';
import {
  createMainWallet,
  type MainWallet,
  type MainWalletState,
} from '../../../electron/wallet/main-wallet.ts';
import { entropyOf } from '../../../electron/wallet/phrase.ts';
import { createVault, VAULT_FILE } from '../../../electron/wallet/vault-file.ts';
import { sealVault } from '../../../electron/wallet/vault.ts';
import { serveCeremony } from '../../../electron/wallet/wallet-ceremony.ts';
import { hostWallet } from '../../../electron/wallet/wallet-host.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const PASSPHRASE = 'dune orbit cactus violin';
const TICK_MS = 250;
/** More than enough to be taken for stuck. */
const STUCK_MS = 20_000;

let folder = '';
let clock: ManualClock;
let wallet: MainWallet;
let states: MainWalletState['state'][] = [];
let processes: TestProcess[] = [];
let pages: MessagePort[] = [];
/** Hears what any process says, once main has. */
let onSaid: (message: unknown) => void = () => undefined;
/** Resolves once the process has heard that the newest page is closed. */
let closing: Promise<unknown> = Promise.resolve();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lull-main-wallet-'));
  clock = createManualClock();
  states = [];
  processes = [];
  pages = [];
  const entropy = entropyOf(`${'test '.repeat(11)}junk`);
  const cost = { N: 2 ** 14, r: 8, p: 1 };
  const options = { entropy, passphrase: PASSPHRASE, address: ADDRESS, random: systemRandom, cost };
  createVault(folder, await sealVault(options));
  wallet = make();
});

afterEach(() => {
  wallet.dispose();
  for (const page of pages) page.close();
  rmSync(folder, { recursive: true });
});

function make(): MainWallet {
  const made = createMainWallet({ spawn, clock, log: createMemoryLog(), folder });
  made.onChange(({ state }) => states.push(state));
  return made;
}

interface TestProcess {
  isAlive: boolean;
  /** Stands still: hears nothing and says nothing. */
  isStuck: boolean;
  say(message: unknown): void;
  hear(message: unknown, ports?: readonly Port[]): void;
  end(): void;
}

/** The process's own code, in this one. */
const spawn: SpawnChild = (entry, { args = [] }) => {
  expect([entry, ...args]).toEqual(['keyring-process', '--wallet']);
  const heard: ((message: unknown, ports?: readonly Port[]) => void)[] = [];
  const said: ((message: unknown) => void)[] = [];
  const exits: ((code: number | null) => void)[] = [];
  const mine: TestProcess = {
    isAlive: true,
    isStuck: false,
    say: (message) => {
      if (mine.isAlive && !mine.isStuck) for (const listener of said) listener(message);
      onSaid(message);
    },
    hear: (message, ports) => {
      if (mine.isAlive && !mine.isStuck) for (const listener of heard) listener(message, ports);
    },
    end: () => {
      if (!mine.isAlive) return;
      mine.isAlive = false;
      for (const listener of exits) listener(0);
    },
  };
  processes.push(mine);
  hostWallet({
    channel: {
      post: mine.say,
      onMessage: (listener) => heard.push(listener),
      onDisconnect: () => undefined,
    },
    clock,
    random: systemRandom,
    loadCeremony: () => Promise.resolve(serveCeremony),
    loadGuessing: () => Promise.reject(new Error('nothing here chooses a passphrase')),
    exit: mine.end,
  });
  const child: Child = {
    pid: undefined,
    post: (message, ports = []) => {
      mine.hear(message, (ports as MessagePort[]).map(asPort));
    },
    onMessage: (listener) => {
      said.push(listener);
      return () => undefined;
    },
    onExit: (listener) => {
      exits.push(listener);
      return () => undefined;
    },
    kill: mine.end,
  };
  return child;
};

function asPort(port: MessagePort): Port {
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => port.on('message', listener),
    onClose: (listener) => port.once('close', listener),
    close: () => {
      port.close();
    },
  };
}

/** @returns what the page hears next */
async function say(page: MessagePort, name: string, input?: unknown): Promise<unknown> {
  const answer = new Promise((resolve) => page.once('message', resolve));
  page.postMessage({ id: 0, name, input });
  return answer;
}

function openPage(purpose: 'create' | 'import' | 'unlock'): MessagePort {
  const { port1, port2 } = new MessageChannel();
  pages.push(port1);
  closing = new Promise((resolve) => port2.once('close', resolve));
  wallet.converse(purpose, port2);
  return port1;
}

async function closePage(page: MessagePort): Promise<void> {
  page.close();
  await closing;
}

async function unlock(): Promise<void> {
  const page = openPage('unlock');
  await say(page, 'begin');
  await say(page, 'unlock', { passphrase: PASSPHRASE });
  await closePage(page);
}

describe('the wallet in main', () => {
  it('knows without any process whether there is a wallet, and when its file is damaged', () => {
    expect(wallet.state()).toEqual({ state: 'locked', address: ADDRESS, failure: null });
    writeFileSync(join(folder, VAULT_FILE), 'nothing');
    expect(make().state()).toMatchObject({
      state: 'locked',
      address: null,
      failure: { code: 'wallet-damaged' },
    });
    rmSync(join(folder, VAULT_FILE));
    expect(make().state().state).toBe('none');
    expect(processes).toEqual([]);
  });

  it('is unlocked by its window, stays so without it, and is locked with the end of the process', async () => {
    await unlock();
    expect(wallet.state()).toEqual({ state: 'unlocked', address: ADDRESS, failure: null });
    expect(processes.map(({ isAlive }) => isAlive)).toEqual([true]);
    wallet.lock();
    expect(wallet.state().state).toBe('locked');
    expect(processes.map(({ isAlive }) => isAlive)).toEqual([false]);
    await unlock();
    expect(states.at(-1)).toBe('unlocked');
    expect(processes).toHaveLength(2);
  });

  it('locks itself after ten minutes without a signature', async () => {
    await unlock();
    for (let ms = TICK_MS; ms < AUTO_LOCK_MS; ms += TICK_MS) clock.advance(TICK_MS);
    expect(wallet.state().state).toBe('unlocked');
    clock.advance(TICK_MS);
    expect(wallet.state().state).toBe('locked');
    expect(processes[0]?.isAlive).toBe(false);
  });

  it('is locked when its process dies, is stuck, or says what it must not', async () => {
    const ways: ((mine: TestProcess) => void)[] = [
      (mine) => {
        mine.end();
      },
      (mine) => {
        mine.isStuck = true;
        for (let ms = 0; ms < STUCK_MS; ms += TICK_MS) clock.advance(TICK_MS);
      },
      (mine) => {
        mine.hear({ type: 'open', path: '/' });
      },
    ];
    for (const way of ways) {
      await unlock();
      const mine = processes.at(-1);
      if (!mine) throw new Error('no process was started');
      expect(wallet.state().state).toBe('unlocked');
      way(mine);
      expect(wallet.state().state).toBe('locked');
      expect(mine.isAlive).toBe(false);
    }
  });
});

describe('the process', () => {
  it('ends with the window that made words, and with one that was left', async () => {
    for (const purpose of ['import', 'unlock'] as const) {
      const page = openPage(purpose);
      await say(page, 'begin');
      expect(processes.at(-1)?.isAlive).toBe(true);
      await closePage(page);
      expect(processes.at(-1)?.isAlive).toBe(false);
    }
    expect(wallet.state().state).toBe('locked');
  });

  it('knows of the wrong passphrases before it, however the processes before it ended', async () => {
    const ends: ((page: MessagePort) => unknown)[] = [
      closePage,
      () => {
        wallet.lock();
      },
      () => processes.at(-1)?.end(),
    ];
    for (let count = 0; count < 5; count++) {
      const page = openPage('unlock');
      await say(page, 'unlock', { passphrase: 'wrong' });
      await ends[count % ends.length]?.(page);
      expect(processes.at(-1)?.isAlive).toBe(false);
    }
    clock.advance(TICK_MS);
    const page = openPage('unlock');
    const waitMs = 10_000 - TICK_MS;
    expect(await say(page, 'begin')).toMatchObject({ result: { value: { waitMs } } });
    expect(await say(page, 'unlock', { passphrase: PASSPHRASE })).toMatchObject({
      result: { value: { isOpen: false } },
    });
    expect(processes).toHaveLength(6);
  });

  it('counts a passphrase whose check it did not live to see', async () => {
    for (let count = 0; count < 5; count++) {
      const page = openPage('unlock');
      await say(page, 'begin');
      const counted = new Promise((resolve) => (onSaid = resolve));
      page.postMessage({ id: 0, name: 'unlock', input: { passphrase: 'wrong' } });
      // The passphrase is with scrypt now.
      await counted;
      wallet.lock();
    }
    expect(await say(openPage('unlock'), 'begin')).toMatchObject({
      result: { value: { waitMs: 10_000 } },
    });
  });

  it('is another one for a new window when it is about to end with the old one', async () => {
    await say(openPage('import'), 'begin');
    const [first] = processes;
    if (!first) throw new Error('no process was started');
    // Its window has gone, and it has not heard so yet.
    first.isStuck = true;
    expect(await say(openPage('unlock'), 'begin')).toMatchObject({ result: { ok: true } });
    expect(processes.map(({ isAlive }) => isAlive)).toEqual([false, true]);
  });

  it('lets a right passphrase forget the wrong ones', async () => {
    for (let count = 0; count < 3; count++) {
      const page = openPage('unlock');
      for (let at = 0; at < 4; at++) await say(page, 'unlock', { passphrase: 'wrong' });
      await closePage(page);
      await unlock();
      expect(wallet.state().state).toBe('unlocked');
      wallet.lock();
    }
  });
});
