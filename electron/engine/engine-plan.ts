/** How a model is to be run: chosen by whoever probed the computer, carried out by the supervisor. */
import type { BackendName, Device, ExternalServer, KvType } from '../ipc/snapshot.ts';
import type { Packs } from './engine-env.ts';

export interface EnginePlan {
  readonly modelPath: string;
  /** Differs when another file has come to lie at the same path: its size and time, for example. */
  readonly modelVersion: string;
  readonly backend: BackendName;
  /** Index within the backend, as the probe counted; null for the CPU or the only device. */
  readonly deviceIndex: number | null;
  /** Binaries of the backend that did not come with Lull; left out, there are none. */
  readonly packs?: Packs | undefined;
  /** What the probe found there; shown, not used. */
  readonly device: Device | null;
  readonly threads: number;
  /** Runs at the lowest priority that the system has, behind everything its owner does. */
  readonly isBackground: boolean;
  /** Answers that can be written at the same time, if the memory has room for them. */
  readonly sequences: number;
  /** Tokens per sequence; null takes what the model and the memory allow, 8192 at most. */
  readonly contextTokens: number | null;
  /** Number format of keys and values in the context; left out, f16. */
  readonly kvType?: KvType | undefined;
  /** A small model that may guess what this one will say, where that pays; left out, none does. */
  readonly draftPath?: string | undefined;
  /** Where states of the owner's own conversations may be kept; null or left out, nowhere on a disk. */
  readonly cacheFolder?: string | null | undefined;
  /** Answers in place of our own engine, which then only counts; null or left out, nobody does. */
  readonly server?: ExternalServer | null | undefined;
}
