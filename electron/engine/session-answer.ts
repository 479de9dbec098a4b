/** One request to a running engine, as a stream that its consumer may leave at any time. */
import { createAsyncQueue } from '../platform/async-queue.ts';
import type { EngineSession, SentRequest } from './engine-session.ts';
import type { EngineRequest } from './ports.ts';
import type { GenerateEvent } from '../protocol/generate.ts';

/** Tokens that a reader may be behind before the engine stops writing for it; what is under way comes on top. */
export const HOLD_AT_TOKENS = 64;
/** It goes on before the reader runs out of them. */
export const RESUME_AT_TOKENS = 16;

/**
 * @param onSettled called when the request was sent and when it has ended: the session's load has changed
 * @throws AppError why there is no answer
 */
export async function* answerFrom(
  session: Pick<EngineSession, 'generate'>,
  request: EngineRequest,
  signal: AbortSignal,
  onSettled: () => void,
): AsyncGenerator<GenerateEvent, void> {
  let sent: SentRequest | null = null;
  const cancel = (): void => {
    sent?.cancel();
  };
  const pace = createPace((isHeld) => {
    sent?.hold(isHeld);
  });
  const events = createAsyncQueue<GenerateEvent>(cancel);
  sent = session.generate(request, {
    onEvent(event) {
      events.push(event);
      pace.came(event);
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
    for await (const event of events) {
      pace.taken(event);
      yield event;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Holds the engine while its reader is behind. */
function createPace(hold: (isHeld: boolean) => void) {
  let behind = 0;
  let isHeld = false;
  const count = (event: GenerateEvent): number =>
    event.type === 'tokens' ? event.tokenIds.length : 0;
  return {
    came(event: GenerateEvent): void {
      behind += count(event);
      if (isHeld || behind < HOLD_AT_TOKENS) return;
      isHeld = true;
      hold(true);
    },
    taken(event: GenerateEvent): void {
      behind -= count(event);
      if (!isHeld || behind > RESUME_AT_TOKENS) return;
      isHeld = false;
      hold(false);
    },
  };
}
