/** *Try earning*: the neighbour asks this computer ten questions, one after the other, after a click. */
import type { Hub } from '../hub/hub.ts';
import type { ReasonCode, Status } from '../ipc/status.ts';
import type { Earnings } from '../ipc/network.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createDeferred } from '../platform/deferred.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { chatSamplingFor } from './chat-sampling.ts';
import type { Practice } from './compose-practice.ts';
import type { Asking } from './practice-ask.ts';

/** Short, so that a slow computer is through in a minute. */
const QUESTIONS = [
  'What is the capital of France?',
  'Name three primary colours.',
  'What is two plus two?',
  'Write one sentence about the sea.',
  'Which planet is the largest?',
  'What do bees make?',
  'Give me a word that rhymes with light.',
  'How many days are in a week?',
  'What is ice made of?',
  'Say goodbye in a friendly way.',
] as const;

const MAX_ANSWER_TOKENS = 96;

/** What passes within moments of the click: then the first question waits for it, but not for ever. */
const PASSING: readonly ReasonCode[] = [
  'preparing',
  'network-starting',
  'power-unknown',
  'sensor-missing',
  'sensor-stale',
  'arming',
];
const READY_MS = 45_000;

export interface Trial {
  /** Does nothing while one is running. */
  start(): void;
  stop(): void;
}

export interface TrialPorts {
  readonly practice: Practice;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  /** Serves so many relays, whatever the policy is; what is returned ends that. */
  readonly begin: (relays: number) => () => void;
}

export function createTrial({ practice, hub, clock, log, begin }: TrialPorts): Trial {
  let running: AbortController | null = null;

  function show(trial: Partial<Earnings['trial']>): void {
    const change = { trial: { ...hub.snapshot().earnings.trial, ...trial } };
    hub.dispatch({ type: 'earnings-changed', change });
  }

  async function run(signal: AbortSignal): Promise<void> {
    const letGo = practice.hold();
    const end = begin(QUESTIONS.length);
    try {
      show({ state: 'running', asked: 0, of: QUESTIONS.length, failure: null });
      const asking = await practice.neighbourAsking();
      await untilReady(hub, clock, signal);
      for (const [index, question] of QUESTIONS.entries()) {
        signal.throwIfAborted();
        await askOne(asking, question, signal);
        show({ asked: index + 1 });
      }
      show({ state: 'done' });
    } catch (error) {
      const failure = signal.aborted ? null : failureText(toAppError(error));
      show({ state: failure ? 'failed' : 'idle', failure });
    } finally {
      running = null;
      end();
      letGo();
    }
  }

  async function askOne(asking: Asking, text: string, signal: AbortSignal): Promise<void> {
    const offer = await asking.offer();
    const request = {
      turns: [{ role: 'user', text }],
      sampling: chatSamplingFor(offer.model.ggufSha256),
      maxTokens: MAX_ANSWER_TOKENS,
      stop: [],
    } as const;
    for await (const event of asking.ask(offer, request, signal)) {
      if (event.type === 'end' && event.reason === 'failed') throw new AppError('engine-crashed');
    }
    signal.throwIfAborted();
  }

  return {
    start() {
      if (running) return;
      running = new AbortController();
      drop(run(running.signal), 'trying to earn', log);
    },
    stop() {
      running?.abort();
    },
  };
}

/** Whoever asks then hears why it is not served, if it is not. @throws AppError `cancelled` */
async function untilReady(hub: Hub, clock: Clock, signal: AbortSignal): Promise<void> {
  const isOver = ({ reasons }: Status): boolean =>
    reasons.length === 0 || reasons.some(({ code }) => !PASSING.includes(code));
  if (isOver(hub.snapshot().status)) return;
  const ready = createDeferred<undefined>();
  const over = (): void => {
    ready.resolve(undefined);
  };
  const stopWatching = hub.onPatch(({ changes: { status } }) => {
    if (status && isOver(status)) over();
  });
  const stopLimit = clock.after(READY_MS, over);
  try {
    await untilAborted(ready.promise, signal);
  } finally {
    stopWatching();
    stopLimit();
  }
}
