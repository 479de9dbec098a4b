/** One request to a running engine, as a stream that its consumer may leave at any time. */
import { createAsyncQueue } from '../platform/async-queue.ts';
import type { EngineSession } from './engine-session.ts';
import type { GenerateEvent, GenerateRequest } from '../protocol/generate.ts';

/**
 * @param onSettled called when the request was sent and when it has ended: the session's load has changed
 * @throws AppError why there is no answer
 */
export async function* answerFrom(
  session: EngineSession,
  request: GenerateRequest,
  signal: AbortSignal,
  onSettled: () => void,
): AsyncGenerator<GenerateEvent, void> {
  let cancel: () => void = () => undefined;
  const events = createAsyncQueue<GenerateEvent>(() => {
    cancel();
  });
  cancel = session.generate(request, {
    onEvent(event) {
      events.push(event);
      if (event.type !== 'end') return;
      events.end();
      onSettled();
    },
    onError(error) {
      events.fail(error);
      onSettled();
    },
  });
  onSettled();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  try {
    yield* events;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
