-- Immutable states of schedule and notices. Instants everywhere: UTC, ns since the Unix epoch.
CREATE TABLE revisions (
  number INTEGER PRIMARY KEY,
  issued_ns INTEGER NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  schedule TEXT NOT NULL,
  notices TEXT NOT NULL
) STRICT;

-- `body` is the whole claim as JSON; `expires_ns` repeats what is searched for.
CREATE TABLE claims (
  id TEXT PRIMARY KEY,
  expires_ns INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX claims_by_expiry ON claims (expires_ns);

-- Who did what. Rows are only ever added.
CREATE TABLE journal (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ns INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- Secrets are kept as SHA-256 only.
CREATE TABLE tokens (
  hash BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  expires_ns INTEGER,
  revoked_ns INTEGER
) STRICT;
CREATE UNIQUE INDEX tokens_in_use ON tokens (name) WHERE revoked_ns IS NULL;

CREATE TABLE links (
  hash BLOB PRIMARY KEY,
  expires_ns INTEGER NOT NULL,
  used_ns INTEGER
) STRICT;

CREATE TABLE sessions (
  hash BLOB PRIMARY KEY,
  expires_ns INTEGER NOT NULL
) STRICT;

-- Requests that carried an Idempotency-Key, and what was answered.
CREATE TABLE requests (
  who TEXT NOT NULL,
  key TEXT NOT NULL,
  at_ns INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  claim TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (who, key)
) STRICT;
