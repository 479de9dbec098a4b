/** What a process that holds keys leaves of them in memory (assertion 21), and what it answers when it has none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../electron/platform/random.ts';
import { fromKeysSchema, type FromKeys } from '../../../electron/wallet/key-messages.ts';
import type { KeyHolder } from '../../../electron/wallet/key-policy.ts';
import { createKeyService } from '../../../electron/wallet/key-service.ts';
import { runKeys } from '../../../electron/wallet/run-keys.ts';
import { KEY_TOOLS } from '../../fakes/in-process-keys.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const POLICY = {
  chainId: 31_337,
  hub: `0x${'a1'.repeat(20)}`,
  token: `0x${'b2'.repeat(20)}`,
} as const;
const VOUCHER = {
  session: `0x${'01'.repeat(32)}`,
  cumulative: 5n,
  ref: `0x${'02'.repeat(32)}`,
} as const;

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-service-'));
  file = path.join(folder, 'practice-keys.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Every private key that the service ever handed to its tools, as the very bytes. */
function setUp(holder: KeyHolder) {
  const seen: Uint8Array[] = [];
  const posted: FromKeys[] = [];
  const service = createKeyService({
    holder,
    random: systemRandom,
    tools: {
      ...KEY_TOOLS,
      addressOf(key) {
        seen.push(key);
        return KEY_TOOLS.addressOf(key);
      },
      signDigest(key, digest) {
        seen.push(key);
        return KEY_TOOLS.signDigest(key, digest);
      },
    },
    post: (message) => {
      posted.push(structuredClone(message));
    },
  });
  return { seen, posted, service };
}

const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

describe('a process that holds keys', () => {
  it('forgets at once what it does not sign with, and everything when it ends', () => {
    const { seen, posted, service } = setUp('signer');
    const sealingKey = new Uint8Array(32).fill(7);
    service.receive({ type: 'open', path: file, sealingKey, policy: POLICY });
    const [owner, relay, supplier] = seen;
    expect(owner && isWiped(owner)).toBe(true);
    expect(relay && isWiped(relay)).toBe(false);
    expect(supplier && isWiped(supplier)).toBe(false);
    expect(isWiped(sealingKey)).toBe(true);
    service.receive({ type: 'sign', id: 1, intent: { kind: 'voucher', voucher: VOUCHER } });
    expect(posted.map(({ type }) => type)).toEqual(['opened', 'signed']);
    service.close();
    expect(seen.every(isWiped)).toBe(true);
    service.receive({ type: 'sign', id: 2, intent: { kind: 'voucher', voucher: VOUCHER } });
    expect(posted.at(-1)).toMatchObject({ failure: { code: 'signer-unavailable' } });
  });

  it('keeps nothing but the owner’s key as keyring, and has no peer seed to give', () => {
    const { seen, posted, service } = setUp('keyring');
    service.receive({ type: 'open', path: file, sealingKey: null, policy: POLICY });
    const [owner, relay, supplier] = seen;
    expect(owner && isWiped(owner)).toBe(false);
    expect([relay, supplier].every((key) => key && isWiped(key))).toBe(true);
    service.receive({ type: 'peer-seed', id: 1 });
    expect(posted.at(-1)).toMatchObject({ id: 1, failure: { code: 'signing-refused' } });
    service.close();
    expect(owner && isWiped(owner)).toBe(true);
  });

  it('overwrites the sealing key also when it does not open the file', () => {
    const first = setUp('signer');
    const right = new Uint8Array(32).fill(7);
    first.service.receive({ type: 'open', path: file, sealingKey: right, policy: POLICY });
    const { posted, service } = setUp('signer');
    const wrong = new Uint8Array(32).fill(8);
    service.receive({ type: 'open', path: file, sealingKey: wrong, policy: POLICY });
    expect(posted).toMatchObject([{ type: 'open-failed', failure: { code: 'keys-sealed' } }]);
    expect(isWiped(wrong)).toBe(true);
  });

  it('takes one policy for its whole life', () => {
    const { posted, service } = setUp('signer');
    const open = { type: 'open', path: file, sealingKey: null, policy: POLICY } as const;
    service.receive(open);
    service.receive({ ...open, policy: { ...POLICY, hub: `0x${'ee'.repeat(20)}` } });
    expect(posted.at(-1)).toMatchObject({ failure: { code: 'signing-refused' } });
  });

  it('answers in messages that main takes', () => {
    const { posted, service } = setUp('signer');
    service.receive({ type: 'open', path: file, sealingKey: null, policy: POLICY });
    service.receive({ type: 'sign', id: 1, intent: { kind: 'voucher', voucher: VOUCHER } });
    service.receive({ type: 'peer-seed', id: 2 });
    for (const message of posted) expect(fromKeysSchema.safeParse(message).success).toBe(true);
    expect(posted).toHaveLength(3);
  });
});

describe('its life', () => {
  function live() {
    const clock = createManualClock();
    const listeners = { message: (_message: unknown): void => undefined, gone: () => undefined };
    const posted: unknown[] = [];
    let exits = 0;
    runKeys('signer', {
      clock,
      random: systemRandom,
      tools: KEY_TOOLS,
      exit: () => {
        exits += 1;
      },
      channel: {
        post: (message) => posted.push(message),
        onMessage: (listener) => {
          listeners.message = (message) => listener(message, []);
        },
        onDisconnect: () => undefined,
      },
    });
    return {
      clock,
      posted,
      say: (message: unknown) => listeners.message(message),
      exits: () => exits,
    };
  }

  it('ends when main has been silent for long, and not while it is heard', () => {
    const { clock, posted, say, exits } = live();
    for (let second = 0; second < 20; second += 1) {
      clock.advance(1_000);
      say({ type: 'pulse' });
    }
    expect(exits()).toBe(0);
    expect(posted).toHaveLength(20);
    clock.advance(20_000);
    expect(exits()).toBe(1);
  });

  it('ends at the first message that is none of its own', () => {
    const intent = { kind: 'voucher', voucher: { ...VOUCHER, cumulative: 2n ** 96n } };
    const nonsense = [
      { type: 'export-keys' },
      { type: 'sign', id: 1, intent },
      { type: 'sign', id: 1, intent: { kind: 'digest', digest: new Uint8Array(32) } },
      { type: 'open', path: file, sealingKey: new Uint8Array(31), policy: POLICY },
    ];
    for (const message of nonsense) {
      const { say, exits, posted } = live();
      say(message);
      expect(exits()).toBe(1);
      expect(posted).toEqual([]);
    }
  });
});
