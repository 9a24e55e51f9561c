-- The journal becomes a chain: each row carries the hash of the one before (32 zero bytes before the first) and its own,
-- over that, number, instant, who, what and detail. Rows are numbered from 1 without a gap.
ALTER TABLE journal RENAME TO journal_without_hashes;
CREATE TABLE journal (
  number INTEGER PRIMARY KEY,
  at_ns INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash_before BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;

INSERT INTO journal
WITH RECURSIVE chained (number, at_ns, who, what, detail, hash_before, hash) AS (
  SELECT 0, 0, '', '', '', zeroblob(32), zeroblob(32)
  UNION ALL
  SELECT old.number, old.at_ns, old.who, old.what, old.detail, chained.hash,
    journal_hash(chained.hash, old.number, old.at_ns, old.who, old.what, old.detail)
  FROM chained JOIN journal_without_hashes AS old
    ON old.number = (SELECT min(number) FROM journal_without_hashes WHERE number > chained.number)
)
SELECT * FROM chained WHERE number > 0;
DROP TABLE journal_without_hashes;

-- How many rows the journal had in the backup that was opened: those after it were lost.
ALTER TABLE recoveries ADD COLUMN rows_kept INTEGER NOT NULL DEFAULT 0;
