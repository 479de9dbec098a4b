/** The talk between the wallet's window and the keyring process, over a real channel, on a real disk. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CEREMONY,
  ceremonyReplySchema,
  type CeremonyInput,
  type CeremonyName,
  type CeremonyOutput,
  type Purpose,
} from '../../../electron/ipc/ceremony.ts';
import type { Result } from '../../../electron/ipc/result.ts';
import type { Port } from '../../../electron/platform/child.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { createMainKey, type MainKey } from '../../../electron/wallet/main-key.ts';
import { createGuessing } from '../../../electron/wallet/passphrase-adapter.ts';
import {
  createAttempts,
  NO_GUESSES,
  type PassphraseAttempts,
} from '../../../electron/wallet/passphrase-attempts.ts';
import { VAULT_FILE } from '../../../electron/wallet/vault-file.ts';
import { serveCeremony } from '../../../electron/wallet/wallet-ceremony.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const JUNK = `${'test '.repeat(11)}junk`;
const JUNK_ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const JUNK_KEY = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const PASSPHRASE = 'dune orbit cactus violin';
const OTHER_PASSPHRASE = 'maple kettle seventeen raft';
const CHEAP = { N: 2 ** 14, r: 8, p: 1 };
const guessing = createGuessing();

let folder = '';
let clock: ManualClock;
let mainKey: MainKey;
let changes: (string | null)[] = [];
/** Every byte that was made or held secretly: entropy, salts and keys. */
let secrets: Uint8Array[] = [];
let ports: MessagePort[] = [];
let done = 0;
/** Of the dictionaries. */
let loaded: Promise<unknown> = Promise.resolve();
let attempts: PassphraseAttempts;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-ceremony-'));
  clock = createManualClock();
  attempts = createAttempts(clock, NO_GUESSES, () => undefined);
  changes = [];
  secrets = [];
  ports = [];
  done = 0;
  mainKey = createMainKey({ clock, onChange: (address) => changes.push(address) });
});

afterEach(() => {
  for (const port of ports) port.close();
  rmSync(folder, { recursive: true });
});

interface Page {
  ask<Name extends CeremonyName>(
    name: Name,
    ...input: CeremonyInput<Name> extends undefined ? [] : [CeremonyInput<Name>]
  ): Promise<Result<CeremonyOutput<Name>>>;
  raw(message: unknown): void;
  close(): void;
  readonly closed: Promise<void>;
}

function open(purpose: Purpose): Page {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const ceremony = serveCeremony(asPort(port2), {
    purpose,
    folder,
    attempts,
    cost: CHEAP,
    guessing: () => loaded.then(() => guessing),
    random: {
      ...systemRandom,
      bytes(count) {
        const bytes = systemRandom.bytes(count);
        secrets.push(bytes);
        return bytes;
      },
    },
    mainKey: {
      ...mainKey,
      hold(key, address) {
        secrets.push(key);
        mainKey.hold(key, address);
      },
    },
    onDone: () => (done += 1),
  });
  let nextId = 0;
  const waiting = new Map<number, (result: unknown) => void>();
  port1.on('message', (raw) => {
    const { id, result } = ceremonyReplySchema.parse(raw);
    waiting.get(id)?.(result);
  });
  return {
    ask(name, ...[input]) {
      const id = nextId++;
      port1.postMessage({ id, name, input });
      return new Promise((resolve) => {
        waiting.set(id, (result) => {
          resolve(result as Awaited<ReturnType<Page['ask']>> as never);
        });
      });
    },
    raw: (message) => {
      port1.postMessage(message);
    },
    close: ceremony.dispose,
    closed: new Promise((resolve) => port1.once('close', resolve)),
  };
}

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

function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(`${result.code}: ${String(result.details)}`);
}

async function seal(phrase: string, passphrase: string): Promise<string> {
  const page = open('import');
  valueOf(await page.ask('useWords', { text: phrase }));
  const { address } = valueOf(await page.ask('seal', { passphrase, again: passphrase }));
  page.close();
  return address;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

describe('making a wallet', () => {
  it('shows words, asks for three, takes a passphrase, and the vault opens with it', async () => {
    const page = open('create');
    expect(valueOf(await page.ask('begin'))).toMatchObject({ purpose: 'create', address: null });
    const { words, asked } = valueOf(await page.ask('makeWords', { count: 12 }));
    expect(words).toHaveLength(12);
    expect(new Set(asked).size).toBe(3);
    expect([...asked].sort((a, b) => a - b)).toEqual(asked);
    const early = await page.ask('seal', { passphrase: PASSPHRASE, again: PASSPHRASE });
    expect(early).toMatchObject({ ok: false, code: 'bad-request' });

    const answers = asked.map((at) => words[at - 1] ?? '');
    const shuffled = ['zoo', ...answers.slice(1)];
    expect(valueOf(await page.ask('confirmWords', { answers: shuffled })).wrong).toBe(asked[0]);
    const shouted = answers.map((word) => ` ${word.toUpperCase()} `);
    expect(valueOf(await page.ask('confirmWords', { answers: shouted })).wrong).toBeNull();

    const weak = await page.ask('seal', { passphrase: 'lull lull lull', again: 'lull lull lull' });
    expect(weak).toMatchObject({ ok: false, code: 'passphrase-weak' });
    const own = words.join(' ');
    expect(await page.ask('seal', { passphrase: own, again: own })).toMatchObject({
      ok: false,
      code: 'passphrase-weak',
    });
    const differs = await page.ask('seal', { passphrase: PASSPHRASE, again: `${PASSPHRASE}!` });
    expect(differs).toMatchObject({ ok: false, code: 'bad-request' });
    expect(existsSync(join(folder, VAULT_FILE))).toBe(false);

    const { address } = valueOf(
      await page.ask('seal', { passphrase: PASSPHRASE, again: PASSPHRASE }),
    );
    expect(done).toBe(1);
    expect(changes).toEqual([]);
    expect(isZero(secrets[0] ?? Uint8Array.of(1))).toBe(true);

    // The words that were shown are those of the vault.
    expect(await seal(words.join(' '), OTHER_PASSPHRASE)).toBe(address);
    const unlock = open('unlock');
    expect(valueOf(await unlock.ask('begin')).address).toBe(address);
    expect(valueOf(await unlock.ask('unlock', { passphrase: OTHER_PASSPHRASE })).isOpen).toBe(true);
    expect(mainKey.address).toBe(address);
  });

  it('forgets words that were not confirmed when others are made or the window is closed', async () => {
    const page = open('create');
    valueOf(await page.ask('makeWords', { count: 24 }));
    valueOf(await page.ask('makeWords', { count: 12 }));
    const [first, second] = secrets;
    expect(first && isZero(first)).toBe(true);
    expect(second && isZero(second)).toBe(false);
    page.close();
    await page.closed;
    expect(second && isZero(second)).toBe(true);
    expect(existsSync(join(folder, VAULT_FILE))).toBe(false);
  });

  it('is refused when there is a wallet', async () => {
    await seal(JUNK, PASSPHRASE);
    const page = open('create');
    expect(await page.ask('begin')).toMatchObject({ ok: false, code: 'wallet-exists' });
  });
});

describe('importing a wallet', () => {
  it('gives the address that other wallets give, and gives the same words a new passphrase', async () => {
    expect(await seal(JUNK, PASSPHRASE)).toBe(JUNK_ADDRESS);
    expect(await seal(JUNK, OTHER_PASSPHRASE)).toBe(JUNK_ADDRESS);
    const page = open('unlock');
    expect(valueOf(await page.ask('unlock', { passphrase: PASSPHRASE })).isOpen).toBe(false);
    expect(valueOf(await page.ask('unlock', { passphrase: OTHER_PASSPHRASE })).isOpen).toBe(true);
    mainKey.lend((key) => {
      expect(Buffer.from(key).toString('hex')).toBe(JUNK_KEY);
    });
  });

  it('refuses bad words, other wallets’ words, and steps out of turn', async () => {
    const page = open('import');
    expect(await page.ask('makeWords', { count: 12 })).toMatchObject({ code: 'bad-request' });
    expect(await page.ask('unlock', { passphrase: 'x' })).toMatchObject({ code: 'bad-request' });
    expect(await page.ask('useWords', { text: 'test test' })).toMatchObject({
      code: 'phrase-invalid',
    });
    await seal(JUNK, PASSPHRASE);
    const other = `${'abandon '.repeat(11)}about`;
    expect(await page.ask('useWords', { text: other })).toMatchObject({
      code: 'wallet-exists',
      details: expect.stringContaining(JUNK_ADDRESS) as string,
    });
    const result = await page.ask('seal', { passphrase: PASSPHRASE, again: PASSPHRASE });
    expect(result).toMatchObject({ code: 'bad-request' });
  });

  it('repairs a damaged wallet, which says so everywhere else', async () => {
    await seal(JUNK, PASSPHRASE);
    const path = join(folder, VAULT_FILE);
    const damaged = readFileSync(path, 'utf8').replace('"version": 1', '"version": 2');
    writeFileSync(path, damaged);
    for (const purpose of ['create', 'unlock'] as const) {
      expect(await open(purpose).ask('begin')).toMatchObject({ code: 'wallet-damaged' });
    }
    expect(await seal(JUNK, PASSPHRASE)).toBe(JUNK_ADDRESS);
    expect(readFileSync(join(folder, 'wallet.damaged.json'), 'utf8')).toBe(damaged);
    expect(valueOf(await open('unlock').ask('begin')).address).toBe(JUNK_ADDRESS);
  });
});

describe('unlocking', () => {
  it('takes no passphrase for a while after five wrong ones, in a new window, too', async () => {
    await seal(JUNK, PASSPHRASE);
    const page = open('unlock');
    for (let count = 1; count < 5; count++) {
      const wrong = valueOf(await page.ask('unlock', { passphrase: `wrong ${count}` }));
      expect(wrong).toEqual({ isOpen: false, waitMs: 0 });
    }
    const fifth = valueOf(await page.ask('unlock', { passphrase: 'wrong' }));
    expect(fifth).toEqual({ isOpen: false, waitMs: 10_000 });
    page.close();
    const again = open('unlock');
    expect(valueOf(await again.ask('begin')).waitMs).toBe(10_000);
    expect(valueOf(await again.ask('unlock', { passphrase: PASSPHRASE })).isOpen).toBe(false);
    clock.advance(10_000);
    expect(valueOf(await again.ask('unlock', { passphrase: PASSPHRASE })).isOpen).toBe(true);
    expect(changes).toEqual([JUNK_ADDRESS]);
    mainKey.lock();
    const key = secrets.at(-1);
    expect(key?.length === 32 && isZero(key)).toBe(true);
  });
});

describe('a page that does not keep to the rules', () => {
  it('is told no, and nothing that it sent comes back', async () => {
    const page = open('import');
    const names = Object.keys(CEREMONY) as CeremonyName[];
    const odd: unknown[] = [
      null,
      7,
      'x',
      { text: 'a'.repeat(5_000) },
      { __proto__: { text: 'a' } },
    ];
    for (const name of names.filter((each) => each !== 'begin')) {
      for (const input of odd) {
        const result = await page.ask(name, input as never);
        expect(result).toMatchObject({ ok: false, code: 'bad-request', details: null });
      }
    }
    page.raw({ id: 'x', name: 'begin' });
    page.raw({ id: 1, name: 'constructor', input: undefined });
    page.raw('begin');
    expect(valueOf(await page.ask('begin')).purpose).toBe('import');
  });

  it('gets no more than a few dozen answers at a time', async () => {
    const page = open('import');
    const load = Promise.withResolvers<undefined>();
    loaded = load.promise;
    const asked = Array.from({ length: 40 }, () =>
      page.ask('checkPassphrase', { passphrase: PASSPHRASE }),
    );
    // What is too much is refused at once, while the others wait.
    expect(await asked.at(-1)).toMatchObject({ ok: false, code: 'bad-request' });
    load.resolve(undefined);
    const results = await Promise.all(asked);
    expect(results.filter(({ ok }) => ok)).toHaveLength(33);
  });
});
