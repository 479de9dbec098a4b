/** One conversation in the rail: open it, rename it in place, delete it after a question. */
import { memo, useState } from 'react';
import type { Conversation } from '../../../electron/ipc/snapshot.ts';
import { formatDateTime, formatWhen } from '../../format/times.ts';
import { isAnswering } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { MoreIcon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { RenameField } from './RenameField.tsx';
import { useRowFocus } from './use-row-focus.ts';

interface Props {
  readonly conversation: Conversation;
  readonly nowMs: number;
}

export const ConversationItem = memo(function ConversationItem({ conversation, nowMs }: Props) {
  const { id, title, updatedAtMs } = conversation;
  const isOpen = useApp((state) => state.tab === 'chat' && state.conversationId === id);
  const answering = useApp((state) => isAnswering(state, id));
  const [mode, setMode] = useState<'shown' | 'renaming' | 'deleting'>('shown');
  const { openConversation, rename } = useActions();
  const { row, returnFocus } = useRowFocus(mode === 'shown');
  const show = () => {
    setMode('shown');
  };
  if (mode === 'renaming') {
    return (
      <li ref={row} className="rail-row">
        <RenameField
          title={title}
          onSave={(next) => void rename(id, next)}
          onClose={(byKey) => {
            if (byKey) returnFocus();
            show();
          }}
        />
      </li>
    );
  }
  return (
    <li ref={row} className={isOpen ? 'rail-row rail-row-open' : 'rail-row'}>
      <button
        type="button"
        className="rail-item rail-conversation"
        aria-current={isOpen ? 'page' : undefined}
        title={`${title}\n${formatDateTime(updatedAtMs)}`}
        onClick={() => void openConversation(id)}
      >
        <span className="rail-title">{title}</span>
        {answering ? (
          <span className="rail-busy" role="img" aria-label="Being answered" />
        ) : (
          <time dateTime={new Date(updatedAtMs).toISOString()}>
            {formatWhen(updatedAtMs, nowMs)}
          </time>
        )}
      </button>
      <Menu
        label={`Actions for ${title}`}
        icon={<MoreIcon />}
        items={[
          {
            label: 'Rename',
            onSelect: () => {
              setMode('renaming');
            },
          },
          {
            label: 'Delete…',
            danger: true,
            onSelect: () => {
              setMode('deleting');
            },
          },
        ]}
      />
      {mode === 'deleting' ? <DeleteDialog conversation={conversation} onClose={show} /> : null}
    </li>
  );
});

interface DeleteProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

function DeleteDialog({ conversation, onClose }: DeleteProps) {
  const { remove } = useActions();
  return (
    <Dialog
      title="Delete this conversation?"
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onClick={onClose}>
            Keep it
          </Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              void remove(conversation.id);
            }}
          >
            Delete
          </Button>
        </>
      }
    >
      <p>
        “{conversation.title}” and all its messages are removed from this computer. This cannot be
        undone.
      </p>
    </Dialog>
  );
}
