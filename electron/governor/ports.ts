/** What the governor needs from outside and what it is asked for: readings, facts, and an engine to stand before. */
import type { PresencePolicy, Status } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { GenerateEvent } from '../protocol/generate.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import type { RelayShare } from '../protocol/relay-share.ts';
import type { Sensors } from './sensors.ts';

/** What the node itself knows about whether it could serve. */
export interface NodeFacts {
  readonly model: 'none' | 'ready';
  readonly engine: 'preparing' | 'ready' | 'failed';
  readonly network: 'off' | 'starting' | 'ready' | 'failed';
}

/** What the owner decided. */
export interface GovernorConfig {
  readonly isOn: boolean;
  readonly policy: PresencePolicy;
  readonly chosenBy: Exclude<Status['chosenBy'], 'trial'>;
}

/** The engine behind the gate. */
export interface PacedEngine<Request> {
  generate(
    request: Request & { readonly relay: RelayShare },
    signal: AbortSignal,
  ): AsyncIterable<GenerateEvent>;
}

/** The engine as a relay sees it. */
export interface GatedEngine<Request> {
  /** Throws AppError `owner-returned` at once when the computer is given back, and when it is not serving. */
  generate(request: Request, signal: AbortSignal): AsyncIterable<GenerateEvent>;
}

export interface GovernorPorts {
  readonly sensors: Sensors;
  readonly clock: Clock;
  readonly log: Log;
  nodeFacts(): NodeFacts;
  /** Told whenever the status is another one than was told before, for the first time while the governor is made. */
  onStatus(status: Status): void;
}

export interface Governor {
  status(): Status;
  configure(change: Partial<GovernorConfig>): void;
  /** Takes no relay for so long and ends those under way in peace; 0 ends the pause, `Infinity` lasts until then. */
  pause(ms: number): void;
  /**
   * *Try earning*: policy `always` for so many relays, also while earning is off.
   * @returns what ends it; relays that have begun are finished
   */
  allowTrial(relays: number): () => void;
  /** @returns null when a relay may start now */
  admits(): RefusalCode | null;
  /** The only way to the engine for a relay. */
  gate<Request extends object>(engine: PacedEngine<Request>): GatedEngine<Request>;
  /** A fact about the node changed: decide now. */
  look(): void;
  /** Ends what runs and every timer, for good. */
  dispose(): void;
}
