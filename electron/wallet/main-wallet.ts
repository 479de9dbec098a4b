/** Main's hold on the wallet: whether there is one, whether it is open, and the process that keeps its key. */
import type { Purpose } from '../ipc/ceremony.ts';
import { toAppError, type AppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child, SpawnChild, UnsentPort } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { sendPulses } from '../platform/heartbeat.ts';
import type { Log } from '../platform/log.ts';
import { readVault } from './vault-file.ts';
import { NO_GUESSES } from './passphrase-attempts.ts';
import {
  fromWalletSchema,
  WALLET_ARGUMENT,
  type FromWallet,
  type Guesses,
  type ToWallet,
} from './wallet-messages.ts';

/** scrypt runs beside the process's own loop, so it answers all the time. */
const SILENCE_MS = 10_000;

export interface MainWalletState {
  readonly state: 'none' | 'locked' | 'unlocked';
  /** EIP-55; null without a wallet, or when its file is damaged. */
  readonly address: string | null;
  /** What is wrong with its file. */
  readonly failure: AppError | null;
}

export interface MainWallet {
  state(): MainWalletState;
  /** @returns what stops listening */
  onChange(listener: (state: MainWalletState) => void): () => void;
  /** Gives one end of a channel to the keyring process, which talks to the window at its other end. */
  converse(purpose: Purpose, port: UnsentPort): void;
  /** The key is gone with its process when this returns, and so is a conversation that was under way. */
  lock(): void;
  dispose(): void;
}

export interface MainWalletOptions {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  /** Holds the vault. */
  readonly folder: string;
}

interface Life {
  converse(purpose: Purpose, guesses: Guesses, port: UnsentPort): void;
  end(): void;
}

export function createMainWallet(options: MainWalletOptions): MainWallet {
  const { clock } = options;
  const listeners = new Set<(state: MainWalletState) => void>();
  let life: Life | null = null;
  let open: string | null = null;
  let state = look(options, null);
  /** Kept here, because ending the process must not end the wait. */
  let guesses = NO_GUESSES;
  let guessedAtMs = 0;

  function refresh(): void {
    state = look(options, open);
    for (const listener of listeners) listener(state);
  }

  function start(): Life {
    return startProcess(options, {
      onMessage(message) {
        switch (message.type) {
          case 'pulse':
            break;
          case 'guesses':
            ({ guesses } = message);
            guessedAtMs = clock.monotonicMs();
            break;
          case 'main-key':
            open = message.address;
            refresh();
            break;
          case 'ceremony-done':
            refresh();
            break;
          default:
            assertNever(message);
        }
      },
      onGone() {
        life = null;
        open = null;
        refresh();
      },
    });
  }

  return {
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    converse(purpose, port) {
      // Without an open key it is the last window's, which has gone: it ends, and cannot be talked to any more.
      if (open === null) life?.end();
      life ??= start();
      const passedMs = clock.monotonicMs() - guessedAtMs;
      const waitMs = Math.max(0, guesses.waitMs - passedMs);
      life.converse(purpose, { ...guesses, waitMs }, port);
    },
    lock() {
      life?.end();
    },
    dispose() {
      listeners.clear();
      life?.end();
    },
  };
}

function look({ folder, log }: MainWalletOptions, open: string | null): MainWalletState {
  if (open !== null) return { state: 'unlocked', address: open, failure: null };
  try {
    const found = readVault(folder);
    if (found.state === 'none') return { state: 'none', address: null, failure: null };
    if (found.state === 'damaged')
      return { state: 'locked', address: null, failure: found.failure };
    return { state: 'locked', address: found.body.address, failure: null };
  } catch (error) {
    log.warn('the wallet’s file cannot be read', { error });
    return { state: 'locked', address: null, failure: toAppError(error) };
  }
}

interface LifeListener {
  onMessage(message: FromWallet): void;
  /** Called once. */
  onGone(): void;
}

function startProcess(options: MainWalletOptions, listener: LifeListener): Life {
  const { spawn, clock, log, folder } = options;
  const child: Child = spawn('keyring-process', { name: 'Lull wallet', args: [WALLET_ARGUMENT] });
  const post = (message: ToWallet, ports: readonly UnsentPort[] = []): void => {
    child.post(message, ports);
  };
  let isGone = false;

  function end(): void {
    if (isGone) return;
    isGone = true;
    pulses.stop();
    child.kill();
    listener.onGone();
  }

  const pulses = sendPulses(clock, {
    silenceMs: SILENCE_MS,
    send() {
      post({ type: 'pulse' });
    },
    onSilence() {
      log.warn('the keyring process stopped answering and was ended');
      end();
    },
  });
  child.onMessage((raw) => {
    if (isGone) return;
    pulses.heard();
    const message = fromWalletSchema.safeParse(raw);
    if (message.success) listener.onMessage(message.data);
    else log.warn('main ignored a message of the keyring process that it does not know');
  });
  child.onExit(end);
  return {
    converse(purpose, guesses, port) {
      post({ type: 'ceremony', purpose, folder, guesses }, [port]);
    },
    end,
  };
}
