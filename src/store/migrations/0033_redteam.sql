-- Reports of red-team runs, so that one can be compared with the one before: counts, names of attacks and verdicts, nothing that was asked or
-- answered. The platform's own.
CREATE TABLE redteam_reports (
  id text PRIMARY KEY,
  started_at timestamptz NOT NULL,
  kept_at timestamptz NOT NULL,
  target text NOT NULL,
  model text NOT NULL,
  body jsonb NOT NULL
);
CREATE INDEX redteam_reports_of_target ON redteam_reports (target, model, id);
REVOKE ALL ON redteam_reports FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON redteam_reports TO weir_operator;
