-- Sessions of the web console that somebody has ended, and sign-in links that were used: neither counts a second time, on no replica.
-- Ids are random and name nobody. A row goes when what it ends would have ended by itself.
CREATE TABLE ended_sessions (
  id text PRIMARY KEY CHECK (id ~ '^[a-z]+-[0-9a-v]{32}$'),
  until_at timestamptz NOT NULL
);
GRANT SELECT ON ended_sessions TO weir_lookup;
GRANT SELECT, INSERT, DELETE ON ended_sessions TO weir_operator;
