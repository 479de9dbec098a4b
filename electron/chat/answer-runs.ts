/** The answers being written just now: each one streams, can be stopped, and ends on disk. */
import type { Message } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import { createDeltaBatch, type DeltaBatch } from './delta-batch.ts';
import type { AnswerEvent, ChatServicePorts, ChatTurn } from './ports.ts';

/** How often the text of a running answer is put on disk. */
const SAVE_INTERVAL_MS = 1_000;

interface Run {
  message: Message;
  readonly abort: AbortController;
  readonly deltas: DeltaBatch;
  /** The answer this one replaces once it has begun; null for a first answer or after that. */
  replaces: string | null;
  /** False until the row exists: an answer that replaces another gets one when it begins. */
  onDisk: boolean;
  savedAtMs: number;
}

export interface AnswerRuns {
  /** Ends when the answer has ended; never rejects for a failure of the engine or the disk. */
  start(answer: Message, turns: readonly ChatTurn[], replaces: string | null): Promise<void>;
  /** False when it had already ended. */
  stop(messageId: string): boolean;
  isAnswering(conversationId: string): boolean;
  /** The stored messages, with running and unsaved answers as they are in memory. */
  withLiveText(messages: readonly Message[]): Message[];
  /** Stops the conversation's answer without keeping it. */
  forget(conversationId: string): void;
  dispose(): void;
}

export function createAnswerRuns(ports: ChatServicePorts): AnswerRuns {
  const { store, answer: answerer, clock, publish } = ports;
  const runs = new Map<string, Run>();
  const unsaved = new Map<string, Message>();

  function save(run: Run): void {
    const { message } = run;
    try {
      for (const [id, waiting] of unsaved) {
        store.saveMessage(waiting);
        unsaved.delete(id);
      }
      if (run.replaces !== null) store.replaceMessage(run.replaces, message);
      else store.saveMessage(message);
      run.replaces = null;
      run.onDisk = true;
    } catch (error) {
      if (message.state !== 'streaming') unsaved.set(message.id, message);
      publish({ type: 'unsaved', error: toAppError(error) });
    }
    run.savedAtMs = clock.monotonicMs();
  }

  function take(run: Run, event: AnswerEvent, modelName: string): void {
    if (event.type === 'start') {
      if (!run.onDisk) save(run);
    } else if (event.type === 'tokens') {
      run.message = { ...run.message, text: run.message.text + event.text };
      run.deltas.add(event.text);
      if (clock.monotonicMs() - run.savedAtMs >= SAVE_INTERVAL_MS) save(run);
    } else {
      const state = event.reason === 'cancelled' ? 'stopped' : 'complete';
      run.message = { ...run.message, state, stats: statsOf(event, modelName) };
    }
  }

  function finish(run: Run): void {
    if (!runs.delete(run.message.id)) return;
    run.deltas.flush();
    save(run);
    publish({ type: 'end', message: run.message });
  }

  return {
    async start(message, turns, replaces) {
      const { id: messageId, conversationId } = message;
      const deltas = createDeltaBatch(clock, (sequence, text) => {
        publish({ type: 'delta', messageId, conversationId, sequence, text });
      });
      const abort = new AbortController();
      const onDisk = replaces === null;
      const run: Run = { message, abort, deltas, replaces, onDisk, savedAtMs: clock.monotonicMs() };
      runs.set(messageId, run);
      try {
        const { modelName, events } = answerer(turns, abort.signal);
        for await (const event of events) {
          if (!runs.has(messageId)) return;
          take(run, event, modelName);
        }
        if (run.message.state === 'streaming') throw new AppError('internal');
      } catch (error) {
        // Before it began, the answer it was to replace stays, and this failure is kept beside it.
        if (!run.onDisk) run.replaces = null;
        run.message = { ...run.message, state: 'failed', failure: failureText(toAppError(error)) };
      }
      finish(run);
    },
    stop(messageId) {
      const run = runs.get(messageId);
      run?.abort.abort();
      return run !== undefined;
    },
    isAnswering: (conversationId) =>
      [...runs.values()].some(({ message }) => message.conversationId === conversationId),
    withLiveText(messages) {
      return messages.map(
        (message) => runs.get(message.id)?.message ?? unsaved.get(message.id) ?? message,
      );
    },
    forget(conversationId) {
      for (const [id, run] of runs) {
        if (run.message.conversationId !== conversationId) continue;
        runs.delete(id);
        run.abort.abort();
      }
      for (const [id, message] of unsaved) {
        if (message.conversationId === conversationId) unsaved.delete(id);
      }
    },
    dispose() {
      for (const run of runs.values()) {
        run.abort.abort();
        run.message = { ...run.message, state: 'interrupted' };
        finish(run);
      }
    },
  };
}

function statsOf(
  event: Extract<AnswerEvent, { type: 'end' }>,
  modelName: string,
): Message['stats'] {
  const { promptTokens, outputTokens, firstTokenMs, totalMs, reason } = event;
  const decodeMs = firstTokenMs === null ? 0 : totalMs - firstTokenMs;
  // The first token belongs to the prefill; the rate is that of the ones after it.
  const tokensPerSecond =
    outputTokens > 1 && decodeMs > 0 ? ((outputTokens - 1) * 1000) / decodeMs : null;
  return { modelName, promptTokens, outputTokens, firstTokenMs, tokensPerSecond, endedBy: reason };
}
