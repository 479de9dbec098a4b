/** Idle time from the desktop session, for where Electron cannot see the owner. */
import type { SensorsConfig } from './messages.ts';
import { createMutterIdle } from './mutter-idle.ts';
import type { Reader, ReaderPorts } from './reader.ts';
import { createWaylandIdle } from './wayland-idle.ts';

export function createSessionIdleReaders(
  ports: ReaderPorts,
  config: Pick<SensorsConfig, 'asksSessionIdle' | 'waylandSocket'>,
): readonly Reader<'sessionIdleMs'>[] {
  if (!config.asksSessionIdle) return [];
  const { clock, sessionBus } = ports;
  return [
    ...(config.waylandSocket === null ? [] : [createWaylandIdle(config.waylandSocket, clock)]),
    ...(sessionBus === null ? [] : [createMutterIdle(sessionBus)]),
  ];
}
