/** What the governor needs from outside and what it is asked for: readings, facts, and an engine to stand before. */
import type { GovernorSettings } from '../ipc/governor.ts';
import type { PresencePolicy, ReasonCode, Status } from '../ipc/status.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { GenerateEvent } from '../protocol/generate.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import type { RelayShare } from '../protocol/relay-share.ts';
import type { HeatVerdict } from './heat.ts';
import type { Readings, Sensors } from './sensors.ts';

/** What the node itself knows about whether it could serve. */
export interface NodeFacts {
  readonly model: 'none' | 'ready';
  readonly engine: 'preparing' | 'ready' | 'failed';
  readonly network: 'off' | 'starting' | 'ready' | 'failed';
  /** Of the engine and its current model and driver: the golden answer and the thermal probe. */
  readonly selfTest: 'none' | 'running' | 'passed' | 'failed';
  /** Where the current model computes. */
  readonly device: { readonly kind: 'cpu' | 'gpu'; readonly name: string | null };
  /** Whether there is an engine process, which holds memory. */
  readonly holdsMemory: boolean;
  /** It is loaded, and relays can be held up in the middle: not while it loads, nor where another server computes. */
  readonly isPausable: boolean;
  /** The owner is being answered by it. */
  readonly isAnswering: boolean;
  /** The same, or they were answered within the last minutes: then only they end it. */
  readonly isOwners: boolean;
  /** What serving brings and costs per hour, in millionths of the currency; null while one is not known. */
  readonly rate: { readonly earnsMicros: number; readonly costsMicros: number } | null;
}

/** What the owner decided. */
export interface GovernorConfig {
  readonly isOn: boolean;
  readonly policy: PresencePolicy;
  readonly chosenBy: Exclude<Status['chosenBy'], 'trial'>;
  readonly settings: GovernorSettings;
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

/** What the governor moves. */
export interface Actuators {
  /**
   * Limits the part of the time that relays may compute, 0 to 1; 0 is *yield*.
   * @returns resolved once the engine has said that no relay computes beyond it (after 0: the step under way is over)
   */
  pace(share: number): Promise<void>;
  /**
   * *Release*: kills the engine's process without asking it.
   * @returns resolved once it is gone and its memory is back, as far as the system tells
   */
  release(): Promise<void>;
  /** Process ids of the engine and all that computes for it. */
  ownPids(): readonly number[];
  /** Keeps the system from falling asleep, while the display may. */
  keepAwake(on: boolean): void;
  /** @param watts null puts back what there was before */
  limitPower(watts: number | null): void;
}

/** How one give-back went, for the log that the owner sees. */
export interface GiveBackReport {
  readonly cause: ReasonCode;
  readonly atMs: number;
  readonly decidedAfterMs: number;
  readonly stoppedAfterMs: number | null;
  readonly releasedAfterMs: number | null;
}

export interface GovernorPorts {
  readonly sensors: Sensors;
  readonly actuators: Actuators;
  readonly clock: Clock;
  readonly log: Log;
  nodeFacts(): NodeFacts;
  /** Minutes after Monday 0:00, local time. */
  minuteOfWeek(): number;
  /** Told whenever the status is another one than was told before, for the first time while the governor is made. */
  onStatus(status: Status): void;
  /** Told of each decision with what it was made from, at most once a second. */
  onDecision(status: Status, readings: Readings, limits: HeatVerdict['limits']): void;
  onGiveBack(report: GiveBackReport): void;
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
