/** How long a process with keys stays, and when another one takes its place. */
import { describe, expect, it } from 'vitest';
import { createKeyHolder } from '../../../electron/wallet/key-holder.ts';
import type { FromKeys } from '../../../electron/wallet/key-messages.ts';
import { NO_KEY_STORE } from '../../fakes/in-process-keys.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren } from '../../fakes/scripted-child.ts';

const address = (byte: string) => `0x${byte.repeat(20)}` as const;
const OPENED: FromKeys = {
  type: 'opened',
  addresses: { owner: address('c1'), relay: address('c2'), supplier: address('c3') },
  keptIn: 'file',
  wasOpen: false,
};
const INTENT = {
  kind: 'voucher',
  voucher: { session: `0x${'01'.repeat(32)}`, cumulative: 1n, ref: `0x${'02'.repeat(32)}` },
} as const;
const IDLE_MS = 60_000;

function setUp(idleMs: number | null, answers = true) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const children = createScriptedChildren((child, message) => {
    const type = typeof message === 'object' && message && 'type' in message ? message.type : null;
    if (type === 'pulse') child.say({ type: 'pulse' });
    if (type === 'open' && answers) child.say(OPENED);
  });
  const holder = createKeyHolder(
    { spawn: children.spawn, clock, log, sealing: NO_KEY_STORE },
    {
      entry: 'keyring-process',
      name: 'Lull keyring',
      idleMs,
      path: 'keys.json',
      policy: { chainId: 1, hub: address('a1'), token: address('b2') },
    },
  );
  return { clock, log, children, holder };
}

describe('a holder of keys', () => {
  it('ends its process when it was not needed for a minute, and starts another one for the next', async () => {
    const { clock, children, holder } = setUp(IDLE_MS);
    expect(children.all).toHaveLength(0);
    await holder.session();
    clock.advance(IDLE_MS - 1);
    await holder.session();
    clock.advance(IDLE_MS - 1);
    expect(children.last.isAlive).toBe(true);
    clock.advance(1);
    await settled();
    expect(children.last.isAlive).toBe(false);
    await holder.session();
    expect(children.all).toHaveLength(2);
    await holder.dispose();
  });

  it('does not end it while a signature is waited for', async () => {
    const { clock, children, holder } = setUp(IDLE_MS);
    const session = await holder.session();
    const signing = session.sign(INTENT);
    clock.advance(IDLE_MS);
    expect(children.last.isAlive).toBe(true);
    children.last.say({ type: 'signed', id: 1, signature: `0x${'03'.repeat(64)}` });
    await signing;
    clock.advance(IDLE_MS);
    await settled();
    expect(children.last.isAlive).toBe(false);
  });

  it('keeps it as long as it is wanted when it has no such limit', async () => {
    const { clock, children, holder } = setUp(null);
    await holder.session();
    clock.advance(24 * 3_600_000);
    expect(children.last.isAlive).toBe(true);
    await holder.dispose();
    expect(children.last.isAlive).toBe(false);
    await expect(holder.session()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('replaces one that died at once, and one that keeps dying ever more slowly', async () => {
    const { clock, children, holder } = setUp(null);
    await holder.session();
    children.last.exit(null);
    await Promise.resolve();
    await holder.session();
    expect(children.all).toHaveLength(2);
    children.last.exit(null);
    await settled();
    await expect(holder.session()).rejects.toMatchObject({ code: 'signer-unavailable' });
    clock.advance(200);
    await holder.session();
    expect(children.all).toHaveLength(3);
    // One that has signed owes nothing to those before.
    const signing = (await holder.session()).sign(INTENT);
    children.last.say({ type: 'signed', id: 1, signature: `0x${'03'.repeat(64)}` });
    await signing;
    children.last.exit(null);
    await settled();
    await holder.session();
    expect(children.all).toHaveLength(4);
  });

  it('does not start one again and again that dies before it has its keys', async () => {
    const { clock, children, holder } = setUp(null, false);
    for (let count = 1; count <= 2; count += 1) {
      const opening = holder.session();
      children.last.exit(1);
      await expect(opening).rejects.toMatchObject({ code: 'signer-unavailable' });
      await settled();
      expect(children.all).toHaveLength(count);
    }
    await expect(holder.session()).rejects.toMatchObject({ code: 'signer-unavailable' });
    expect(children.all).toHaveLength(2);
    clock.advance(200);
    const opening = holder.session();
    children.last.say(OPENED);
    await opening;
    expect(children.all).toHaveLength(3);
  });

  it('kills one that says what it must not, and fails what waits for it', async () => {
    const { children, holder, log } = setUp(null);
    const session = await holder.session();
    const signing = session.sign(INTENT);
    signing.catch(() => undefined);
    children.last.say({ type: 'signed', id: 1, signature: '0x00', secret: 'ab12' });
    await expect(signing).rejects.toMatchObject({ code: 'signer-unavailable' });
    expect(children.last.isAlive).toBe(false);
    expect(log.lines.join('\n')).not.toContain('ab12');
  });

  it('kills one that says nothing any more', async () => {
    const { clock, children, holder } = setUp(null, false);
    const opening = holder.session();
    opening.catch(() => undefined);
    await settled();
    clock.advance(60_000);
    expect(children.last.isAlive).toBe(true);
    // It hangs: not even its pulse is answered.
    const mute = createScriptedChildren();
    const late = createKeyHolder(
      { spawn: mute.spawn, clock, log: createMemoryLog(), sealing: NO_KEY_STORE },
      {
        entry: 'signer-process',
        name: 'Lull signer',
        idleMs: null,
        path: 'keys.json',
        policy: { chainId: 1, hub: address('a1'), token: address('b2') },
      },
    );
    const waiting = late.session();
    waiting.catch(() => undefined);
    clock.advance(20_000);
    await expect(waiting).rejects.toMatchObject({ code: 'signer-unavailable' });
    await holder.dispose();
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
