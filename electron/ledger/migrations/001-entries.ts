/** One row per entry, for ever: the columns only find what the JSON says. */
export const migration001 = `
  CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('supplier', 'application')),
    session  TEXT NOT NULL,
    ref      TEXT,
    epoch    INTEGER,
    at_ms    INTEGER NOT NULL,
    json     TEXT NOT NULL
  ) STRICT;

  CREATE INDEX entry_by_session ON entry (session, role);
  CREATE INDEX session_by_epoch ON entry (role, epoch) WHERE kind = 'session-opened';
  CREATE INDEX receipt_by_role ON entry (role, sequence)
    WHERE kind IN ('relay-served', 'relay-paid', 'relay-disputed');
  CREATE INDEX receipt_by_ref ON entry (ref, role)
    WHERE kind IN ('relay-served', 'relay-paid', 'relay-disputed');

  CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
  BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;

  CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry
  BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
`;
