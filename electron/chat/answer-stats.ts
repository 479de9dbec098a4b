/** The figures that are kept with an answer. */
import type { Message } from '../ipc/snapshot.ts';
import type { AnswerEvent } from './ports.ts';

/**
 * @param firstTokenMs what the person waited: from sending to the first text, queue and loading of the model included.
 * The rate is that of the tokens after the first, which belongs to the prefill, by the engine's own clock: the way to
 * the window does not slow a model down.
 */
export function answerStats(
  event: Extract<AnswerEvent, { type: 'end' }>,
  firstTokenMs: number | null,
): Message['stats'] {
  const { modelName, promptTokens, outputTokens, totalMs, reason, served } = event;
  const decodeMs = event.firstTokenMs === null ? 0 : totalMs - event.firstTokenMs;
  const tokensPerSecond =
    outputTokens > 1 && decodeMs > 0 ? ((outputTokens - 1) * 1000) / decodeMs : null;
  const counts = { promptTokens, outputTokens };
  return { modelName, ...counts, firstTokenMs, tokensPerSecond, endedBy: reason, served };
}
