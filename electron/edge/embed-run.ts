/** In main: has one request embedded and tells the edge what came of it. */
import { postFailure, type ChatRun } from './chat-run.ts';
import type { Embedded } from './messages.ts';

/** Never rejects. */
export async function serveEmbed(
  id: number,
  work: Promise<Embedded>,
  ports: Pick<ChatRun, 'log' | 'post'>,
): Promise<void> {
  try {
    ports.post({ type: 'embedded', id, embedded: await work });
  } catch (error) {
    postFailure(id, error, ports);
  }
}
