/** The conversations, newest first, narrowed by the filter. */
import { conversations } from '../../store/selectors.ts';
import { useApp } from '../../store/use-app.tsx';
import { useMinute } from '../use-minute.ts';
import { ConversationItem } from './ConversationItem.tsx';
import { filterConversations } from './filter-conversations.ts';

export function ConversationList() {
  const all = useApp(conversations);
  const filter = useApp((state) => state.filter);
  const started = useApp((state) => state.snapshot !== null);
  const nowMs = useMinute();
  const shown = filterConversations(all, filter);
  if (shown.length === 0) {
    const reason = filter.trim() === '' ? 'No conversations yet.' : 'No title contains this.';
    return <p className="rail-empty">{started ? reason : ''}</p>;
  }
  return (
    <ul className="rail-list" aria-label="Conversations">
      {shown.map((conversation) => (
        <ConversationItem key={conversation.id} conversation={conversation} nowMs={nowMs} />
      ))}
    </ul>
  );
}
