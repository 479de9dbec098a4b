/** The life of a process that holds keys: messages in and out, a pulse, and no key left when it ends. */
import type { ParentChannel } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { watchPulse } from '../platform/heartbeat.ts';
import type { Random } from '../platform/random.ts';
import { toKeysSchema, type FromKeys } from './key-messages.ts';
import type { KeyHolder } from './key-policy.ts';
import { createKeyService, type KeyTools } from './key-service.ts';

/** Main counts as hung after so long without a pulse, as this process does for main. */
const MAIN_HUNG_MS = 10_000;

export interface KeyProcessPorts {
  readonly channel: ParentChannel;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
  readonly tools: KeyTools;
  /** Ends the process. */
  readonly exit: () => void;
}

export function runKeys(holder: KeyHolder, ports: KeyProcessPorts): void {
  const { channel, clock, random, tools } = ports;
  const post = (message: FromKeys): void => {
    channel.post(message);
  };
  const service = createKeyService({ holder, tools, random, post });
  const end = (): void => {
    service.close();
    ports.exit();
  };
  const pulse = watchPulse(clock, MAIN_HUNG_MS, end);
  channel.onMessage((raw) => {
    const parsed = toKeysSchema.safeParse(raw);
    if (!parsed.success) {
      // Whatever posts this is not the main that this process belongs to. Nothing of it is printed: it may hold a key.
      end();
    } else if (parsed.data.type === 'pulse') {
      pulse.beat();
      post({ type: 'pulse' });
    } else service.receive(parsed.data);
  });
  channel.onDisconnect(end);
}
