/** Conversations and their messages; the parts only the window reads are kept as JSON. */
export const migration001 = `
  CREATE TABLE conversation (
    id            TEXT PRIMARY KEY,
    title         TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE message (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    role            TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    text            TEXT NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    state           TEXT NOT NULL,
    failure         TEXT,
    stats           TEXT
  ) STRICT;

  CREATE INDEX message_by_conversation ON message (conversation_id, sequence);
`;
