/** Keeps conversations in SQLite: every row read back passes the schema it was written from. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import {
  conversationSchema,
  messageSchema,
  type Conversation,
  type Message,
} from '../ipc/snapshot.ts';
import type { ChatStore } from './ports.ts';
import { failureFromJson } from './stored-failure.ts';
import { statsFromJson, statsToJson } from './stored-stats.ts';
import { guarded, together } from '../platform/sqlite-together.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Takes over the open database and closes it on `dispose`. */
export function createSqliteStore(database: DatabaseSync): ChatStore {
  const sql = prepareStatements(database);

  const putConversation = (conversation: Conversation): void => {
    const { id, title, createdAtMs, updatedAtMs } = conversation;
    sql.putConversation.run(id, title, createdAtMs, updatedAtMs);
  };
  const putMessage = (message: Message): void => {
    sql.putMessage.run(...messageColumns(message));
  };

  return {
    conversations: () => guarded(() => sql.conversations.all().map(toConversation)),
    conversation: (id) => guarded(() => one(sql.conversation.get(id), toConversation)),
    messages: (id) => guarded(() => sql.messages.all(id).map(toMessage)),
    message: (id) => guarded(() => one(sql.message.get(id), toMessage)),
    saveConversation: (conversation) => {
      guarded(() => {
        putConversation(conversation);
      });
    },
    saveMessage: (message) => {
      guarded(() => {
        putMessage(message);
      });
    },
    replaceMessage: (oldId, message) => {
      guarded(() => {
        const { changes } = sql.replaceMessage.run(...messageColumns(message), oldId);
        if (changes === 0) putMessage(message);
      });
    },
    saveTogether: (conversation, messages) => {
      together(database, () => {
        putConversation(conversation);
        for (const message of messages) putMessage(message);
      });
    },
    deleteConversation: (id) => {
      guarded(() => sql.deleteConversation.run(id));
    },
    markInterrupted: () => {
      guarded(() => sql.markInterrupted.run());
    },
    dispose: () => {
      if (database.isOpen) database.close();
    },
  };
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  return {
    conversations: prepare('SELECT * FROM conversation ORDER BY updated_at_ms DESC'),
    conversation: prepare('SELECT * FROM conversation WHERE id = ?'),
    messages: prepare('SELECT * FROM message WHERE conversation_id = ? ORDER BY sequence'),
    message: prepare('SELECT * FROM message WHERE id = ?'),
    putConversation: prepare(
      `INSERT INTO conversation (id, title, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_at_ms = excluded.updated_at_ms`,
    ),
    putMessage: prepare(
      `INSERT INTO message (id, conversation_id, role, text, created_at_ms, state, failure, stats)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET text = excluded.text, state = excluded.state,
         failure = excluded.failure, stats = excluded.stats`,
    ),
    replaceMessage: prepare(
      `UPDATE message SET id = ?, conversation_id = ?, role = ?, text = ?, created_at_ms = ?,
         state = ?, failure = ?, stats = ? WHERE id = ?`,
    ),
    deleteConversation: prepare('DELETE FROM conversation WHERE id = ?'),
    markInterrupted: prepare("UPDATE message SET state = 'interrupted' WHERE state = 'streaming'"),
  };
}

function messageColumns(message: Message) {
  const { id, conversationId, role, text, createdAtMs, state, failure, stats } = message;
  const failureJson = failure ? JSON.stringify(failure) : null;
  const statsJson = stats ? statsToJson(stats) : null;
  return [id, conversationId, role, text, createdAtMs, state, failureJson, statsJson] as const;
}

function one<Value>(row: Row | undefined, convert: (row: Row) => Value): Value | null {
  return row ? convert(row) : null;
}

function toConversation(row: Row): Conversation {
  return conversationSchema.parse({
    id: row['id'],
    title: row['title'],
    createdAtMs: row['created_at_ms'],
    updatedAtMs: row['updated_at_ms'],
  });
}

function toMessage(row: Row): Message {
  return messageSchema.parse({
    id: row['id'],
    conversationId: row['conversation_id'],
    role: row['role'],
    text: row['text'],
    createdAtMs: row['created_at_ms'],
    state: row['state'],
    failure: typeof row['failure'] === 'string' ? failureFromJson(row['failure']) : null,
    stats: typeof row['stats'] === 'string' ? statsFromJson(row['stats']) : null,
  });
}
