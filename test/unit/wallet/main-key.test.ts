/** 21: the main key's bytes are zero after every way in which they are given up. */
import { describe, expect, it } from 'vitest';
import { AUTO_LOCK_MS, createMainKey } from '../../../electron/wallet/main-key.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

function world() {
  const clock = createManualClock();
  const changes: (string | null)[] = [];
  const key = createMainKey({ clock, onChange: (address) => changes.push(address) });
  const bytes = new Uint8Array(32).fill(7);
  key.hold(bytes, ADDRESS);
  return { clock, changes, key, bytes };
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

describe('the main key (security 21)', () => {
  it('is lent while it is held, and wiped when it is locked', () => {
    const { key, bytes, changes } = world();
    expect(key.address).toBe(ADDRESS);
    expect(key.lend((lent) => lent[0])).toBe(7);
    key.lock();
    expect(isZero(bytes)).toBe(true);
    expect(key.address).toBeNull();
    expect(() => key.lend(() => 1)).toThrow(expect.objectContaining({ code: 'wallet-locked' }));
    key.lock();
    expect(changes).toEqual([ADDRESS, null]);
  });

  it('locks itself after ten minutes without a signature', () => {
    const { key, bytes, changes, clock } = world();
    clock.advance(AUTO_LOCK_MS - 1);
    key.lend(() => undefined);
    clock.advance(AUTO_LOCK_MS - 1);
    expect(key.address).toBe(ADDRESS);
    clock.advance(1);
    expect(isZero(bytes)).toBe(true);
    expect(changes).toEqual([ADDRESS, null]);
  });

  it('stays usable when a signature fails, and wipes what it held when it gets another', () => {
    const { key, bytes, clock } = world();
    expect(() =>
      key.lend(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    const other = new Uint8Array(32).fill(9);
    key.hold(other, ADDRESS);
    expect(isZero(bytes)).toBe(true);
    expect(key.lend((lent) => lent[0])).toBe(9);
    clock.advance(AUTO_LOCK_MS);
    expect(isZero(other)).toBe(true);
  });

  it('has no form in which it could be written down', () => {
    const { key } = world();
    expect(JSON.stringify(key)).toBe(JSON.stringify({ address: ADDRESS }));
  });
});
