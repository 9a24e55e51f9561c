-- What one screen showed. Instants: `_ns` is UTC in ns since the Unix epoch, `_boot_ns` is CLOCK_BOOTTIME, `_tick` is the
-- number of the frame. UTC may repeat where a clock was set back; boot time and tick do not, within one boot.

-- Which journal this is: numbers of rows mean nothing in another one.
CREATE TABLE journal (
  id TEXT NOT NULL
) STRICT;
INSERT INTO journal VALUES (lower(hex(randomblob(16))));

-- Each start of the player. `alive` is written each second; `synced` when the network kept the clock at that moment.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL,
  started_ns INTEGER NOT NULL,
  started_boot_ns INTEGER NOT NULL,
  alive_ns INTEGER NOT NULL,
  alive_boot_ns INTEGER NOT NULL,
  alive_tick INTEGER NOT NULL,
  synced_ns INTEGER,
  synced_boot_ns INTEGER,
  UNIQUE (boot_id, pid, started_boot_ns)
) STRICT;

-- One row for each change. It is written when it begins; its end is filled in when the next one begins.
CREATE TABLE asrun (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (id),
  start_ns INTEGER NOT NULL,
  start_boot_ns INTEGER NOT NULL,
  start_tick INTEGER NOT NULL,
  end_ns INTEGER,
  end_boot_ns INTEGER,
  end_tick INTEGER,
  ended TEXT NOT NULL,
  generation INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  band INTEGER NOT NULL,
  claim TEXT NOT NULL,
  because TEXT NOT NULL,
  kind TEXT NOT NULL,
  notice TEXT NOT NULL,
  title TEXT NOT NULL,
  language TEXT NOT NULL,
  page INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  layout TEXT NOT NULL,
  playlist TEXT NOT NULL,
  crawl TEXT NOT NULL,
  crawl_languages TEXT NOT NULL,
  overlays TEXT NOT NULL,
  remarks TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  moves TEXT NOT NULL,
  answer TEXT NOT NULL,
  detail TEXT NOT NULL,
  unseen TEXT NOT NULL,
  clock_trusted INTEGER NOT NULL,
  clock_source TEXT NOT NULL
) STRICT;
CREATE INDEX asrun_by_start ON asrun (start_ns);
CREATE INDEX asrun_open ON asrun (run) WHERE end_ns IS NULL;
