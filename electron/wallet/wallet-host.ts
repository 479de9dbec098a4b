/** The keyring process as the wallet's: serves its window, keeps the main key, and ends when there is nothing to keep. */
import type { ParentChannel, Port } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { watchPulse } from '../platform/heartbeat.ts';
import type { Random } from '../platform/random.ts';
import { createMainKey } from './main-key.ts';
import { createAttempts } from './passphrase-attempts.ts';
import type { Guessing } from './passphrase.ts';
import type { Ceremony, CeremonyOptions } from './wallet-ceremony.ts';
import { toWalletSchema, type FromWallet, type ToWallet } from './wallet-messages.ts';

/** As for the edge: main may be held up for seconds, and typing must not be lost to that. */
const MAIN_HUNG_MS = 10_000;

export interface WalletHostPorts {
  readonly channel: ParentChannel;
  readonly clock: Clock;
  readonly random: Random;
  /** Words, curves and ciphers: read when the window is opened. */
  readonly loadCeremony: () => Promise<(port: Port, options: CeremonyOptions) => Ceremony>;
  /** Dictionaries: read with the first passphrase. */
  readonly loadGuessing: () => Promise<Guessing>;
  /** Ends the process, and with it every string that cannot be overwritten. */
  exit(): void;
}

type Talk = Extract<ToWallet, { readonly type: 'ceremony' }>;

export function hostWallet(ports: WalletHostPorts): void {
  const { channel, clock, random, exit } = ports;
  const mainKey = createMainKey({
    clock,
    onChange(address) {
      post({ type: 'main-key', address });
      if (address === null) exit();
    },
  });
  const pulse = watchPulse(clock, MAIN_HUNG_MS, leave);
  let guessing: Promise<Guessing> | null = null;

  function post(message: FromWallet): void {
    channel.post(message);
  }

  function leave(): void {
    mainKey.lock();
    exit();
  }

  async function talk({ purpose, folder, guesses }: Talk, port: Port): Promise<void> {
    let ceremony: Ceremony | null = null;
    const closed = new AbortController();
    port.onClose(() => {
      closed.abort();
      ceremony?.dispose();
      // A phrase that was shown or typed is a string in this process, which stays for an open key's sake only.
      if (purpose !== 'unlock' || mainKey.address === null) leave();
    });
    const serveCeremony = await ports.loadCeremony();
    if (closed.signal.aborted) return;
    ceremony = serveCeremony(port, {
      purpose,
      folder,
      random,
      attempts: createAttempts(clock, guesses, (changed) => {
        post({ type: 'guesses', guesses: changed });
      }),
      mainKey,
      guessing: () => (guessing ??= ports.loadGuessing()),
      onDone() {
        post({ type: 'ceremony-done' });
      },
    });
  }

  channel.onMessage((raw, [port] = []) => {
    const message = toWalletSchema.safeParse(raw);
    // Whatever posts anything else is not the main that this process belongs to.
    if (!message.success) leave();
    else if (message.data.type === 'pulse') {
      pulse.beat();
      post({ type: 'pulse' });
    } else if (port) talk(message.data, port).catch(leave);
  });
  channel.onDisconnect(leave);
}
