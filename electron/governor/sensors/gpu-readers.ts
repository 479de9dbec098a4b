/** One reader for each maker of graphics cards. */
import { createAmdReader } from './gpu-amd.ts';
import { createAppleReader } from './gpu-apple.ts';
import { createIntelReader } from './gpu-intel.ts';
import { createNvidiaReader } from './gpu-nvidia.ts';
import type { StartProgram } from './gpu-program.ts';
import type { Reader, ReaderPorts } from './reader.ts';
import type { RunTool } from './run-tool.ts';

export interface GpuPorts extends ReaderPorts {
  readonly start: StartProgram;
  readonly runTool: RunTool;
  /** Where devices are listed: `/dev`. */
  readonly devRoot: string;
}

/** Those that mean something on this system. Their lists of cards are to be put together. */
export function createGpuReaders(ports: GpuPorts): readonly Reader<'gpus'>[] {
  switch (ports.platform) {
    case 'linux':
      return [createNvidiaReader(ports), createAmdReader(ports), createIntelReader(ports)];
    case 'darwin':
      return [createAppleReader(ports.runTool)];
    default:
      return [createNvidiaReader(ports)];
  }
}
