/** Idle time by ext-idle-notify-v1: the compositor itself says when input ends and begins. */
import type { Clock } from '../../platform/clock.ts';
import type { Reader } from './reader.ts';
import { openIdleClient, type IdleClient } from './wayland-idle-client.ts';

const EVERY_MS = 250;
/** Main takes an older word on its owner for none. */
const AT_LEAST_EVERY_MS = 2_000;
/** A compositor that could not be used is not tried more often. */
const RETRY_MS = 10_000;

export function createWaylandIdle(socket: string, clock: Clock): Reader<'sessionIdleMs'> {
  let client: IdleClient | null = null;
  let failedAtMs = -Infinity;
  let failure: Error | null = null;
  let tell: () => void = () => undefined;

  const open = (): IdleClient => {
    const opened = openIdleClient(socket, clock, {
      onInput: () => {
        tell();
      },
      onLost(error) {
        if (client !== opened) return;
        client = null;
        failure = error;
        failedAtMs = clock.monotonicMs();
      },
    });
    return (client = opened);
  };

  return {
    keys: ['sessionIdleMs'],
    everyMs: EVERY_MS,
    atLeastEveryMs: AT_LEAST_EVERY_MS,
    async read() {
      if (client === null && failure !== null && clock.monotonicMs() - failedAtMs < RETRY_MS) {
        throw failure;
      }
      const current = client ?? open();
      const { seesInhibited } = await current.ready;
      return {
        values: { sessionIdleMs: current.idleMs() },
        source: seesInhibited
          ? 'Wayland’s input notification'
          : 'Wayland’s idle notification, which a film holds up as well',
      };
    },
    onChange(listener) {
      tell = listener;
    },
    stop() {
      client?.close();
      client = null;
      failure = null;
    },
  };
}
