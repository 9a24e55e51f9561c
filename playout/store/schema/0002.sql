-- Revisions keep their content in parts named by SHA-256 (of the JSON) and packed with zlib: one that changes a daypart
-- does not repeat the notices. What was said at the time of storing stays with them.
CREATE TABLE parts (
  sha256 TEXT NOT NULL UNIQUE,
  body BLOB NOT NULL
) STRICT;

INSERT OR IGNORE INTO parts SELECT sha256_of(schedule), pack(schedule) FROM revisions;
INSERT OR IGNORE INTO parts SELECT sha256_of(notices), pack(notices) FROM revisions;
UPDATE revisions SET schedule = sha256_of(schedule), notices = sha256_of(notices);

-- The revision that the author had before him, and the one whose content came back (an undo).
ALTER TABLE revisions ADD COLUMN based_on INTEGER;
ALTER TABLE revisions ADD COLUMN restores INTEGER;
-- SHA-256 of the request that made it: sent again, it gets the same answer.
ALTER TABLE revisions ADD COLUMN request TEXT NOT NULL DEFAULT '';
-- What the checks found, as JSON.
ALTER TABLE revisions ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';

-- A damaged database whose backup was opened (made at `backup_ns`, 0: there was none), until control has set it right
-- by what the players hold.
CREATE TABLE recoveries (
  backup_ns INTEGER NOT NULL,
  said TEXT NOT NULL,
  is_settled INTEGER NOT NULL DEFAULT 0
) STRICT;
