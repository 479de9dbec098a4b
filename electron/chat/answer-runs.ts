/** The answers being written just now: each one streams, can be stopped, and ends on disk. */
import type { Message } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import { answerStats } from './answer-stats.ts';
import { createDeltaBatch, type DeltaBatch } from './delta-batch.ts';
import type { AnswerEvent, ChatServicePorts, Via } from './ports.ts';
import type { ChatTurn } from '../protocol/generate.ts';

/** How often the text of a running answer is put on disk. */
const SAVE_INTERVAL_MS = 1_000;

/** An answer as it is in memory, ahead of the disk. */
interface Held {
  readonly message: Message;
  /** The answer whose place it takes; null once it has a place of its own. */
  readonly replaces: string | null;
}

interface Run extends Held {
  message: Message;
  replaces: string | null;
  readonly abort: AbortController;
  readonly deltas: DeltaBatch;
  readonly sentAtMs: number;
  firstTokenMs: number | null;
  savedAtMs: number;
}

export interface AnswerRuns {
  /** Ends when the answer has ended; never rejects for a failure of the engine or the disk. */
  start(
    answer: Message,
    turns: readonly ChatTurn[],
    how: { readonly via: Via; readonly replaces: string | null },
  ): Promise<void>;
  /** False when it had already ended. */
  stop(messageId: string): boolean;
  isAnswering(conversationId: string): boolean;
  /** An answer that is in memory; undefined when only the disk can have it. */
  held(messageId: string): Message | undefined;
  /** What is stored of a conversation, with running and unsaved answers in their places. */
  withLiveText(conversationId: string, stored: readonly Message[]): readonly Message[];
  /** Publishes the text that waits. Returns the number of the next piece; null when nothing is being written. */
  flush(conversationId: string): number | null;
  /** Tries again to save what the disk had no room for. */
  saveWaiting(): void;
  /** Stops the conversation's answer without keeping it. */
  forget(conversationId: string): void;
  dispose(): void;
}

export function createAnswerRuns(ports: ChatServicePorts): AnswerRuns {
  const { store, answer: answerer, clock, publish } = ports;
  const runs = new Map<string, Run>();
  const unsaved = new Map<string, Held>();
  const runIn = (conversationId: string) =>
    [...runs.values()].find(({ message }) => message.conversationId === conversationId);

  function write({ message, replaces }: Held): void {
    if (replaces === null) {
      store.saveMessage(message);
      return;
    }
    // The one it replaces may itself still wait for the place it takes.
    const before = unsaved.get(replaces);
    if (before) write(before);
    unsaved.delete(replaces);
    store.replaceMessage(replaces, message);
  }

  function saveWaiting(): void {
    for (const [id, held] of unsaved) {
      try {
        write(held);
        unsaved.delete(id);
      } catch (error) {
        publish({ type: 'unsaved', error: toAppError(error) });
      }
    }
  }

  function save(run: Run): void {
    run.savedAtMs = clock.monotonicMs();
    const { message, replaces } = run;
    try {
      write(run);
      run.replaces = null;
    } catch (error) {
      if (message.state !== 'streaming') unsaved.set(message.id, { message, replaces });
      publish({ type: 'unsaved', error: toAppError(error) });
      return;
    }
    saveWaiting();
  }

  function take(run: Run, event: AnswerEvent): void {
    if (event.type === 'tokens' && event.text !== '') {
      run.firstTokenMs ??= clock.monotonicMs() - run.sentAtMs;
      run.message = { ...run.message, text: run.message.text + event.text };
      run.deltas.add(event.text);
      if (clock.monotonicMs() - run.savedAtMs >= SAVE_INTERVAL_MS) save(run);
    } else if (event.type === 'end') {
      const state = event.reason === 'cancelled' ? 'stopped' : 'complete';
      const stats = answerStats(event, run.firstTokenMs);
      run.message = { ...run.message, state, stats };
    }
  }

  function finish(run: Run): void {
    if (!runs.delete(run.message.id)) return;
    run.deltas.flush();
    const { state, text } = run.message;
    // Without a word it has not earned the place of the answer before it, which stays; a failure is kept beside.
    const begun = run.replaces === null || text !== '' || state === 'complete';
    if (!begun) run.replaces = null;
    if (begun || state === 'failed') save(run);
    publish({ type: 'end', message: run.message });
  }

  return {
    async start(message, turns, { via, replaces }) {
      const { id: messageId, conversationId } = message;
      const deltas = createDeltaBatch(clock, (sequence, text) => {
        publish({ type: 'delta', messageId, conversationId, sequence, text });
      });
      const abort = new AbortController();
      const sentAtMs = clock.monotonicMs();
      // An answer that replaces another has no row yet: its first words make one.
      const savedAtMs = replaces === null ? sentAtMs : -Infinity;
      const firstTokenMs = null;
      const run: Run = { message, replaces, abort, deltas, sentAtMs, firstTokenMs, savedAtMs };
      runs.set(messageId, run);
      try {
        for await (const event of answerer(turns, abort.signal, via)) {
          if (!runs.has(messageId)) return;
          take(run, event);
        }
        if (run.message.state === 'streaming') throw new AppError('internal');
      } catch (error) {
        run.message = { ...run.message, state: 'failed', failure: failureText(toAppError(error)) };
      }
      finish(run);
    },
    stop(messageId) {
      const run = runs.get(messageId);
      run?.abort.abort();
      return run !== undefined;
    },
    isAnswering: (conversationId) => runIn(conversationId) !== undefined,
    held: (messageId) => (runs.get(messageId) ?? unsaved.get(messageId))?.message,
    withLiveText(conversationId, stored) {
      return [...unsaved.values(), ...runs.values()]
        .filter(({ message }) => message.conversationId === conversationId)
        .reduce(inItsPlace, stored);
    },
    flush: (conversationId) => runIn(conversationId)?.deltas.flush() ?? null,
    saveWaiting,
    forget(conversationId) {
      const run = runIn(conversationId);
      if (run) {
        runs.delete(run.message.id);
        run.deltas.stop();
        run.abort.abort();
      }
      for (const [id, { message }] of unsaved) {
        if (message.conversationId === conversationId) unsaved.delete(id);
      }
    },
    dispose() {
      for (const run of runs.values()) {
        run.abort.abort();
        run.message = { ...run.message, state: 'interrupted' };
        finish(run);
      }
      saveWaiting();
    },
  };
}

function inItsPlace(messages: readonly Message[], { message, replaces }: Held): readonly Message[] {
  const at = messages.findIndex(({ id }) => id === message.id || id === replaces);
  return at < 0 ? [...messages, message] : messages.with(at, message);
}
