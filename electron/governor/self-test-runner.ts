/** Tests the engine when that is due or its owner asks, and remembers what came of it. */
import type { SelfTest } from '../ipc/governor.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { JsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import {
  isDue,
  isHeatKnown,
  isSameEngine,
  judge,
  selfTestOf,
  type GreedyAnswer,
  type HeatProbe,
  type SelfTestFacts,
  type SelfTestRecord,
} from './self-test.ts';

export interface SelfTestPorts {
  /** In the data folder; see `selfTestRecordSchema` and `NO_SELF_TEST`. */
  readonly file: JsonFile<SelfTestRecord>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the engine as it is now; null while no model is ready. */
  facts(): SelfTestFacts | null;
  /** Asks the question whose answer is known in advance, where there is one. Rejects when the engine cannot answer now. */
  golden(signal: AbortSignal): Promise<'right' | 'wrong' | 'no-golden'>;
  /** Asks greedily for a short answer. Rejects when the engine cannot answer now. */
  answer(signal: AbortSignal): Promise<GreedyAnswer>;
  /** Reads the temperature of the card that computes; null when that is the processor. */
  heat(signal: AbortSignal): Promise<HeatProbe | null>;
  onChange(test: SelfTest): void;
}

export interface SelfTester {
  state(): SelfTest;
  /** The engine, its model or its driver may have changed: tests when that is due. */
  look(): void;
  /** Tests now, due or not; resolved when it is over, however it ended. */
  run(): Promise<void>;
  /** Ends the test that runs: nothing has been found out, and the next look may begin it anew. */
  stop(): void;
  dispose(): void;
}

/** An engine that cannot answer just now, because it is loading or its owner needs it, is asked again after this. */
export const RETRY_MS = 60_000;

export function createSelfTester(ports: SelfTestPorts): SelfTester {
  const { file, clock, log } = ports;
  let record = file.read();
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | null = null;
  let cancelRetry = (): void => undefined;
  let isWaiting = false;
  let isFailing = false;
  let isDisposed = false;

  const state = (): SelfTest =>
    running === null
      ? selfTestOf(record, ports.facts(), clock.nowMs())
      : { state: 'running', atMs: null, detail: null };

  const test = async (facts: SelfTestFacts, signal: AbortSignal): Promise<void> => {
    // Before a model is loaded for it.
    const heat = await ports.heat(signal);
    signal.throwIfAborted();
    const golden = isHeatKnown(heat) ? await ports.golden(signal) : 'not-asked';
    const answer = golden === 'no-golden' ? await ports.answer(signal) : null;
    if (signal.aborted) return;
    // The model may have been changed meanwhile: then this says nothing about the one that is there.
    const now = ports.facts();
    if (now === null || !isSameEngine(now, facts)) return;
    isFailing = false;
    record = judge(record, facts, { golden, answer, heat }, clock.nowMs());
    log.info('the engine was tested', { state: record.last?.state, detail: record.last?.detail });
    save();
  };

  const save = (): void => {
    try {
      file.write(record);
    } catch (error) {
      // What was found holds for this run; the next start tests again.
      log.warn('the result of the self-test could not be kept', { error });
    }
  };

  const retryLater = (): void => {
    cancelRetry();
    isWaiting = true;
    cancelRetry = clock.after(RETRY_MS, () => {
      isWaiting = false;
      look();
    });
  };

  const start = (facts: SelfTestFacts): Promise<void> => {
    const stop = new AbortController();
    const done = test(facts, stop.signal)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        if (!isFailing) log.warn('the engine could not be tested; it is tried again', { error });
        isFailing = true;
        retryLater();
      })
      .then(() => {
        running = null;
        if (isDisposed) return;
        ports.onChange(state());
        if (!stop.signal.aborted) look();
      });
    running = { stop, done };
    ports.onChange(state());
    return done;
  };

  const look = (): void => {
    const facts = ports.facts();
    if (isDisposed || isWaiting || running !== null || facts === null) return;
    if (isDue(record, facts, clock.nowMs())) drop(start(facts), 'the self-test', log);
  };

  return {
    state,
    look,
    async run() {
      // One that is being ended finds nothing out.
      if (running?.stop.signal.aborted === true) await running.done;
      if (running !== null) return running.done;
      const facts = ports.facts();
      if (isDisposed || facts === null) return;
      await start(facts);
    },
    stop() {
      running?.stop.abort();
    },
    dispose() {
      isDisposed = true;
      cancelRetry();
      running?.stop.abort();
    },
  };
}
