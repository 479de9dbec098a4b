/** Every reader that this computer can use. */
import type { SensorsConfig } from './messages.ts';
import { createLinuxReaders } from './linux-readers.ts';
import { createMacReaders } from './mac-readers.ts';
import type { AnyReader } from './reader.ts';
import { createAppReaders, type AppPorts } from './apps-readers.ts';
import { createFullscreenReaders, type ScreenPorts } from './fullscreen-readers.ts';
import { createGpuReaders, type GpuPorts } from './gpu-readers.ts';
import { createSessionIdleReaders } from './session-idle-readers.ts';
import { createWindowsReaders } from './windows-readers.ts';

export type MachinePorts = GpuPorts & AppPorts & ScreenPorts;

export function createMachineReaders(
  ports: MachinePorts,
  config: SensorsConfig,
): readonly AnyReader[] {
  return [
    ...ownReaders(ports, config),
    ...createGpuReaders(ports),
    ...createAppReaders(ports),
    ...createFullscreenReaders(ports),
  ];
}

function ownReaders(ports: MachinePorts, config: SensorsConfig): readonly AnyReader[] {
  const { runTool } = ports;
  switch (ports.platform) {
    case 'linux':
      return [...createLinuxReaders(ports), ...createSessionIdleReaders(ports, config)];
    case 'darwin':
      return createMacReaders(runTool);
    case 'win32':
      return createWindowsReaders(runTool);
    default:
      return [];
  }
}
