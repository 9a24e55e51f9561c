-- People who sign in. `password` is argon2id in its own notation; `screens` is a JSON list, empty for all of them.
CREATE TABLE people (
  login TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  role TEXT NOT NULL,
  screens TEXT NOT NULL DEFAULT '[]',
  created_ns INTEGER NOT NULL,
  disabled_ns INTEGER
) STRICT;

-- Tokens have a role as people do.
ALTER TABLE tokens RENAME COLUMN scope TO role;
UPDATE tokens SET role = CASE role WHEN 'operate' THEN 'operator' ELSE 'viewer' END;
ALTER TABLE tokens ADD COLUMN screens TEXT NOT NULL DEFAULT '[]';

-- Whose session it is; NULL: it was opened by a one-time link, and can only look.
ALTER TABLE sessions ADD COLUMN login TEXT;
CREATE INDEX sessions_by_login ON sessions (login);
