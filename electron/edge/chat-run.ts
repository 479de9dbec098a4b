/** In main: passes the events of one chat on to the edge. */
import { toAppError } from '../platform/app-error.ts';
import type { Log } from '../platform/log.ts';
import type { Beat } from './beat.ts';
import type { ChatEvent, ToEdgeWire } from './messages.ts';
import { createTextBatcher } from './text-batcher.ts';

const MAX_DETAILS_LENGTH = 4096;

export interface ChatRun {
  readonly id: number;
  readonly events: AsyncIterable<ChatEvent>;
  readonly beat: Beat;
  readonly log: Log;
  readonly post: (message: ToEdgeWire) => void;
}

/** Never rejects. */
export async function serveChat({ id, events, beat, log, post }: ChatRun): Promise<void> {
  const batcher = createTextBatcher(beat, (piece) => {
    post({ type: 'event', id, event: { type: 'tokens', ...piece } });
  });
  try {
    for await (const event of events) {
      if (event.type === 'tokens') {
        batcher.add(event);
        continue;
      }
      batcher.flush();
      post({ type: 'event', id, event });
      if (event.type === 'end') return;
    }
    throw new Error('a chat stopped without an end event');
  } catch (thrown) {
    batcher.flush();
    postFailure(id, thrown, { log, post });
  }
}

export function postFailure(
  id: number,
  thrown: unknown,
  { log, post }: Pick<ChatRun, 'log' | 'post'>,
): void {
  const error = toAppError(thrown);
  if (error.code === 'internal') log.error('a request failed', { error: thrown });
  const details = error.details?.slice(0, MAX_DETAILS_LENGTH) ?? null;
  post({ type: 'failure', id, failure: { code: error.code, details } });
}
