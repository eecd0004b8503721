-- Erasure of tenants and of their end users, and what forbids it for a time.

-- The end users of a tenant. Records name one by a digest under a salt of its own: once the row is deleted, nobody can tie the digest
-- to a person again, and every chain stays as it is.
CREATE TABLE subjects (
  tenant_id text NOT NULL,
  -- HMAC of the name under the tenant's salt: how a call finds the row.
  id text NOT NULL,
  salt bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT weir_guard('subjects', tenant => 'select,insert', operator => 'select,delete');

-- While one is in force, nothing of the tenant (subject_id is '') or of the end user is erased or grows too old.
CREATE TABLE holds (
  tenant_id text NOT NULL,
  subject_id text NOT NULL,
  -- By which records name the end user.
  digests text[] NOT NULL,
  reason text NOT NULL,
  until_at timestamptz,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL,
  PRIMARY KEY (tenant_id, subject_id)
);
SELECT weir_guard('holds', tenant => 'select', operator => 'select,insert,update,delete');

-- As audit_anchors, for the chain of decisions.
CREATE TABLE decision_anchors (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL,
  chain_hash bytea NOT NULL,
  mac bytea NOT NULL
);
SELECT weir_guard('decision_anchors', tenant => 'select', operator => 'select,insert,update,delete');

-- Jobs, and the certificates that they end in. The platform's own: they outlive the tenant that they are about.
CREATE TABLE erasures (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('tenant', 'subject')),
  of_tenant text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done')),
  -- What comes late (a dead process's journal) is erased by another round, with a certificate of its own.
  round integer NOT NULL DEFAULT 1,
  asked_at timestamptz NOT NULL,
  -- Id of a key, digest of a token's holder, or admin-key.
  asked_by text NOT NULL,
  -- The end user, sealed under a key that the database does not have; gone once the job is done.
  subject bytea,
  -- Of each store: how much was there at first, and how much the second pass found.
  progress jsonb NOT NULL DEFAULT '{}',
  -- Why the last attempt came to no end.
  error_code text,
  lease_until timestamptz,
  finished_at timestamptz,
  -- When to look for what came late.
  check_at timestamptz,
  certificate jsonb
);
CREATE INDEX erasures_open ON erasures (id) WHERE state <> 'done';
REVOKE ALL ON erasures FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON erasures TO weir_operator;

-- What each running process has done for a job: forgotten, written and shipped what it held.
CREATE TABLE erasure_parts (
  erasure_id text NOT NULL REFERENCES erasures (id),
  round integer NOT NULL,
  process_id text NOT NULL,
  done_at timestamptz,
  -- Lines of its journals that named the tenant, before and after.
  lines_before integer NOT NULL DEFAULT 0,
  lines_after integer NOT NULL DEFAULT 0,
  PRIMARY KEY (erasure_id, round, process_id)
);
REVOKE ALL ON erasure_parts FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON erasure_parts TO weir_operator;

-- A subject that is erased is forgotten by every process, as a key that is revoked.
ALTER TABLE changes DROP CONSTRAINT changes_kind_check;
ALTER TABLE changes ADD CONSTRAINT changes_kind_check CHECK (kind IN ('tenant', 'key', 'policy', 'subject'));

-- What remains of an erased tenant's hours are numbers: keys, teams and features leave them.
GRANT INSERT, UPDATE ON usage_hours TO weir_operator;
CREATE POLICY weir_operator_insert ON usage_hours FOR INSERT TO weir_operator WITH CHECK (true);
CREATE POLICY weir_operator_update ON usage_hours FOR UPDATE TO weir_operator USING (true) WITH CHECK (true);
