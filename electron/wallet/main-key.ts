/** The wallet's main key while it is unlocked: lent for one signature at a time, overwritten when it is locked. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';

/** Without a signature for this long the wallet locks itself. */
export const AUTO_LOCK_MS = 10 * 60_000;

export interface MainKey {
  /** Takes the bytes over: they are overwritten on lock. A key that was held before is. */
  hold(key: Uint8Array, address: string): void;
  /** Null while it is locked. */
  readonly address: string | null;
  /** @param work must not keep the bytes @throws AppError `wallet-locked` */
  lend<Value>(work: (key: Uint8Array) => Value): Value;
  /** Does nothing when it is locked. */
  lock(): void;
}

export interface MainKeyPorts {
  readonly clock: Clock;
  /** Called after each lock and unlock. @param address null when it is locked now */
  onChange(address: string | null): void;
}

export function createMainKey({ clock, onChange }: MainKeyPorts): MainKey {
  let held: { readonly key: Uint8Array; readonly address: string } | null = null;
  let stopTimer: () => void = () => undefined;

  function wipe(): void {
    stopTimer();
    held?.key.fill(0);
    held = null;
  }

  function lock(): void {
    if (!held) return;
    wipe();
    onChange(null);
  }

  function wait(): void {
    stopTimer();
    stopTimer = clock.after(AUTO_LOCK_MS, lock);
  }

  return {
    hold(key, address) {
      wipe();
      held = { key, address };
      wait();
      onChange(address);
    },
    get address() {
      return held?.address ?? null;
    },
    lend(work) {
      if (!held) throw new AppError('wallet-locked');
      wait();
      return work(held.key);
    },
    lock,
  };
}
