/** The engine process without its process: answers main's messages with a model that `load` provides. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { ParentChannel } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { PULSE_LOST_MS, watchPulse } from '../platform/heartbeat.ts';
import type { LogLevel } from '../platform/log.ts';
import { createEventOutbox } from './event-outbox.ts';
import type { ExternalClient } from './external-client.ts';
import { createExternalScheduler, type Vocabulary } from './external-scheduler.ts';
import {
  toEngineSchema,
  type FromEngine,
  type LoadOptions,
  type LoadReport,
  type ToEngine,
} from './messages.ts';
import type { Draft, ModelContext } from './model-context.ts';
import type { PrefixStore } from './prefix-store.ts';
import { createScheduler, type Scheduler, type Submitted } from './scheduler.ts';
import { createWorkPriority } from './work-priority.ts';

/** Requests that may wait while every sequence is busy; more are refused with `engine-busy`. */
const WAITING_LIMIT = 64;
/** The slowest step of a model that works at all; a device that hangs longer will not come back. */
const STEP_LIMIT_MS = 180_000;

export interface WorkerModel {
  readonly context: ModelContext;
  readonly report: LoadReport;
  readonly prefillTokens: number;
  readonly together: boolean;
  /** Where its states are kept beside the sequences; left out, nowhere. */
  readonly store?: PrefixStore | undefined;
}

/** Another server does the work; the model file says how prompts are written and texts counted. */
export interface WorkerServer {
  readonly vocabulary: Vocabulary;
  readonly client: ExternalClient;
  readonly report: LoadReport;
}

export interface WorkerPorts {
  readonly channel: ParentChannel;
  readonly clock: Clock;
  drawSeed(): number;
  /** @throws AppError */
  load(
    options: LoadOptions,
    onProgress: (value: number) => void,
    onLog: (level: LogLevel, line: string) => void,
  ): Promise<WorkerModel | WorkerServer>;
  /** Lets everything else of the computer go first, or not. Left out, the process stays as it is. */
  readonly lowerPriority?: ((isLow: boolean) => void) | undefined;
  /** Ends the process at once. */
  exit(): void;
}

export function runEngineWorker(ports: WorkerPorts): void {
  const { channel, clock } = ports;
  const submitted = new Map<number, Submitted>();
  const priority = createWorkPriority((isLow) => {
    ports.lowerPriority?.(isLow);
  });
  let scheduler: Scheduler | null = null;
  let draft: Draft | undefined;
  /** Said before there is a scheduler, it holds for the one to come. */
  let relayShare = 1;

  const post = (message: FromEngine) => {
    channel.post(message);
  };
  const outbox = createEventOutbox(clock, (events) => {
    post({ type: 'events', events });
  });
  const log = (level: LogLevel, message: string) => {
    post({ type: 'log', level, message });
  };
  const exit = () => {
    ports.exit();
  };
  const pulse = watchPulse(clock, PULSE_LOST_MS, exit);
  channel.onDisconnect(exit);

  const load = async (options: LoadOptions) => {
    try {
      const model = await ports.load(options, progressReporter(post), log);
      scheduler = schedulerFor(model, ports);
      draft = 'context' in model ? model.context.draft : undefined;
      void scheduler.paceRelays(relayShare);
      post({ type: 'loaded', report: model.report });
    } catch (error) {
      post({ type: 'load-failed', ...asReport(toAppError(error)) });
    }
  };

  const ended = (id: number) => {
    submitted.delete(id);
    priority.ended(id);
  };

  const generate = ({ id, request }: Extract<ToEngine, { type: 'generate' }>) => {
    const fail = (error: AppError) => {
      ended(id);
      outbox.abandon(id);
      post({ type: 'failed', id, ...asReport(error) });
    };
    try {
      if (scheduler === null) throw new AppError('no-model');
      priority.began(id, request.relay !== undefined);
      const mine = scheduler.submit(request, {
        onEvent(event) {
          if (event.type === 'end') ended(id);
          outbox.push(id, event);
        },
        onError: fail,
      });
      submitted.set(id, mine);
    } catch (error) {
      fail(toAppError(error));
    }
  };

  const pace = async (id: number, share: number) => {
    relayShare = share;
    priority.paced(share);
    await scheduler?.paceRelays(share);
    post({ type: 'paced', id });
  };

  const handle = (message: ToEngine): void => {
    switch (message.type) {
      case 'pulse':
        pulse.beat();
        post({ type: 'alive' });
        return;
      case 'load':
        void load(message.options);
        return;
      case 'generate':
        generate(message);
        return;
      case 'cancel':
        submitted.get(message.id)?.cancel();
        return;
      case 'hold':
        submitted.get(message.id)?.hold(message.isHeld);
        return;
      case 'forget-owner':
        scheduler?.forgetOwner();
        void draft?.forget();
        return;
      case 'pace':
        void pace(message.id, message.relays);
        return;
      default:
        assertNever(message);
    }
  };

  channel.onMessage((raw) => {
    const message = toEngineSchema.safeParse(raw);
    if (message.success) handle(message.data);
    else log('warn', `ignored a message: ${message.error.issues[0]?.message ?? 'unknown'}`);
  });
}

function schedulerFor(model: WorkerModel | WorkerServer, ports: WorkerPorts): Scheduler {
  const { clock } = ports;
  const drawSeed = () => ports.drawSeed();
  if ('client' in model) {
    const limits = { places: model.report.sequences, waiting: WAITING_LIMIT };
    return createExternalScheduler(model.vocabulary, model.client, { clock, drawSeed }, limits);
  }
  return createScheduler(
    model.context,
    {
      clock,
      drawSeed,
      store: model.store,
      // A backend that failed once (a lost device, say) fails for good: a new process starts clean.
      onBroken() {
        ports.exit();
      },
    },
    {
      prefillTokens: model.prefillTokens,
      waiting: WAITING_LIMIT,
      together: model.together,
      stepMs: STEP_LIMIT_MS,
    },
  );
}

function asReport({ code, details }: AppError) {
  return { code, details: details ?? null };
}

/** Loading reports every tensor; whole percents are enough. */
function progressReporter(post: (message: FromEngine) => void): (value: number) => void {
  let last = -1;
  return (value) => {
    const percent = Math.floor(Math.min(1, Math.max(0, value)) * 100);
    if (percent === last) return;
    last = percent;
    post({ type: 'progress', value: percent / 100 });
  };
}
