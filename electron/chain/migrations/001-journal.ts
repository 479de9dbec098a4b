/** Every transaction that was signed: kept for ever, found by hash, by what it was for, and by its account's nonce. */
export const migration001 = `
  CREATE TABLE signed_transaction (
    sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash          TEXT NOT NULL UNIQUE,
    chain_id      INTEGER NOT NULL,
    sender        TEXT NOT NULL,
    nonce         INTEGER NOT NULL,
    raw           TEXT NOT NULL,
    purpose       TEXT NOT NULL,
    key           TEXT,
    created_at_ms INTEGER NOT NULL,
    state         TEXT NOT NULL,
    is_final      INTEGER NOT NULL,
    block_number  INTEGER,
    block_hash    TEXT,
    gas_used      INTEGER,
    fee_wei       TEXT,
    reason        TEXT
  ) STRICT;

  CREATE INDEX signed_transaction_by_nonce ON signed_transaction (chain_id, sender, nonce);
  CREATE INDEX signed_transaction_by_key ON signed_transaction (chain_id, key) WHERE key IS NOT NULL;
  CREATE INDEX signed_transaction_open ON signed_transaction (chain_id, sequence) WHERE is_final = 0;
`;
