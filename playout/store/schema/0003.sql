-- What was found in a revision is mostly what was found in the one before: it becomes a part, too.
INSERT OR IGNORE INTO parts SELECT sha256_of(findings), pack(findings) FROM revisions;
UPDATE revisions SET findings = sha256_of(findings);
CREATE INDEX revisions_by_request ON revisions (request) WHERE request <> '';
