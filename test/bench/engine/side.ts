/** What the bench asks of both engines, so that every row can be measured on either of them by the same code. */
import type { BackendName } from '../../../electron/ipc/snapshot.ts';
import type { ChatTurn } from '../../../electron/protocol/generate.ts';

export interface Ask {
  readonly turns: readonly ChatTurn[];
  readonly maxTokens: number;
  /** Ends the answer early; `ask` then resolves with what there was. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of tokens that have just come in. */
  onTokens?(count: number): void;
}

/** Times are those of `performance.now()` where the question was asked. */
export interface Written {
  readonly text: string;
  readonly tokens: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  /** When the first text came in; Infinity when none did. */
  readonly firstMs: number;
  readonly endMs: number;
}

/** Before the first token. */
export const NOTHING: Written = {
  text: '',
  tokens: 0,
  promptTokens: 0,
  cachedTokens: 0,
  firstMs: Infinity,
  endMs: 0,
};

export interface Side {
  readonly name: 'ours' | 'peer';
  /** @throws when the engine fails or refuses */
  ask(ask: Ask): Promise<Written>;
  /** Processor time that its process has used so far; NaN where the system does not say. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** What both sides are started with. */
export interface EngineShape {
  readonly modelPath: string;
  /** The peer takes whatever device it finds unless this is the processor. */
  readonly backend: BackendName;
  readonly threads: number;
  readonly sequences: number;
  /** Per sequence. */
  readonly contextTokens: number;
}
