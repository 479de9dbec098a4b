/** Which conversations the rail shows, and in which order. */
import type { Conversation } from '../../../electron/ipc/snapshot.ts';

/** Every word of the filter has to occur in the title, in any case and order. Newest first. */
export function filterConversations(
  conversations: readonly Conversation[],
  filter: string,
): readonly Conversation[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return conversations
    .filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
    .sort((one, other) => other.updatedAtMs - one.updatedAtMs);
}
