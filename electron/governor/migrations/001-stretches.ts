/** What the governor remembers: stretches of time, the last sign of life, give-backs, and energy by the hour. */
export const migration001 = `
  CREATE TABLE stretch (
    id          INTEGER PRIMARY KEY,
    from_ms     INTEGER NOT NULL UNIQUE,
    code        TEXT NOT NULL,
    detail      TEXT,
    also        TEXT NOT NULL,
    expected_ms INTEGER
  ) STRICT;

  CREATE TABLE life (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    last_ms     INTEGER NOT NULL,
    is_over     INTEGER NOT NULL,
    idle_milliwatts INTEGER
  ) STRICT;

  CREATE TABLE give_back (
    id                INTEGER PRIMARY KEY,
    at_ms             INTEGER NOT NULL,
    cause             TEXT NOT NULL,
    decided_after_ms  REAL NOT NULL,
    stopped_after_ms  REAL,
    released_after_ms REAL
  ) STRICT;

  CREATE TABLE served_hour (
    hour        INTEGER PRIMARY KEY,
    offered_ms  INTEGER NOT NULL,
    worked_ms   INTEGER NOT NULL,
    measured_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE energy (
    hour                INTEGER NOT NULL,
    source              TEXT NOT NULL CHECK (source IN ('sensor', 'plug')),
    currency            TEXT NOT NULL,
    milliwatt_seconds   TEXT NOT NULL,
    cost_units          TEXT NOT NULL,
    PRIMARY KEY (hour, source, currency)
  ) STRICT;
`;
