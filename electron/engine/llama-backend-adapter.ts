/** Opens one backend of node-llama-cpp and says what is really behind it. */
import os from 'node:os';
import type { Llama } from 'node-llama-cpp';
import type { BackendName } from '../ipc/snapshot.ts';
import { answerBinarySelfTest } from './binary-self-test-adapter.ts';
import { usePacks } from './llama-pack-adapter.ts';
import { mostThreads } from './threads.ts';
import { NO_LOG_FACTS, readLogLine, type FoundDevice, type LogFacts } from './devices.ts';

export interface LlamaBackend {
  readonly llama: Llama;
  readonly devices: readonly FoundDevice[];
  readonly physicalCores: number;
  /** Threads that may be used at most on this computer. */
  readonly mostThreads: number;
  /** What the log has said so far; wait for `settleLog` before you trust it. */
  logFacts(): LogFacts;
  dispose(): Promise<void>;
}

/** llama.cpp hands its lines over from other threads: they arrive a turn or two of the event loop later. */
export async function settleLog(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

/**
 * @param onLog gets warnings and errors of llama.cpp
 * @throws whatever node-llama-cpp throws; `NoBinaryFoundError` when the backend is not part of this build
 */
export async function openBackend(
  backend: BackendName,
  onLog: (level: 'warn' | 'error', line: string) => void,
): Promise<LlamaBackend> {
  answerBinarySelfTest();
  usePacks();
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  let facts = NO_LOG_FACTS;
  const llama = await getLlama({
    gpu: backend === 'cpu' ? false : backend,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    // Its default is four, on any processor; whoever loads a model sets what was measured.
    maxThreads: 1,
    logLevel: LlamaLogLevel.debug,
    logger(level, text) {
      const line = text.trim();
      facts = readLogLine(facts, line);
      if (level === LlamaLogLevel.warn) onLog('warn', line);
      if (level === LlamaLogLevel.error || level === LlamaLogLevel.fatal) onLog('error', line);
    },
  });
  await settleLog();
  const physicalCores = Math.max(1, llama.cpuMathCores);
  return {
    llama,
    devices: backend === 'cpu' ? [processor()] : await graphicsDevices(llama, facts),
    physicalCores,
    mostThreads: mostThreads(Math.min(physicalCores, os.availableParallelism())),
    logFacts: () => facts,
    dispose: () => llama.dispose(),
  };
}

function processor(): FoundDevice {
  return {
    name: os.cpus()[0]?.model.trim() ?? 'CPU',
    memoryBytes: os.totalmem(),
    sharesMemory: true,
    isProcessor: true,
  };
}

async function graphicsDevices(llama: Llama, facts: LogFacts): Promise<FoundDevice[]> {
  const names = await llama.getGpuDeviceNames();
  const { total, unifiedSize } = await llama.getVramState();
  return names.map((name) => ({
    name,
    // The library only knows the sum, which is one device's only when there is one device.
    memoryBytes: names.length === 1 ? total : null,
    sharesMemory: names.length === 1 ? unifiedSize > 0 || facts.sharesMemory === true : null,
    isProcessor: facts.isProcessor,
  }));
}
