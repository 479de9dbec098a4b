/** How a model is to be run: chosen by whoever probed the computer, carried out by the supervisor. */
import type { BackendName, Device } from '../ipc/snapshot.ts';

export interface EnginePlan {
  readonly modelPath: string;
  /** Differs when another file has come to lie at the same path: its size and time, for example. */
  readonly modelVersion: string;
  readonly backend: BackendName;
  /** Index within the backend, as the probe counted; null for the CPU or the only device. */
  readonly deviceIndex: number | null;
  /** What the probe found there; shown, not used. */
  readonly device: Device | null;
  readonly threads: number;
  /** Runs at the lowest priority that the system has, behind everything its owner does. */
  readonly isBackground: boolean;
  /** Answers that can be written at the same time. */
  readonly sequences: number;
  /** Tokens per sequence; null takes what the model and the memory allow, 8192 at most. */
  readonly contextTokens: number | null;
}
