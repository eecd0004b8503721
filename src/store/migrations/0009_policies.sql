-- Policies, by kind, each change a new version: a tenant's settings, and what is the platform's own under the id that no tenant can have.
-- What is in production has been applied where calls read it (a tenant's row); the body stays as it was approved.
CREATE TABLE policies (
  tenant_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  environment text NOT NULL CHECK (environment IN ('staging', 'production', 'retired')),
  body jsonb NOT NULL,
  author_id text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Asked for by one person, given by another.
  requested_by text,
  requested_at timestamptz,
  -- SHA-256 of what it would have changed then: who approves agrees to no other change.
  requested_change text,
  approved_by text,
  approved_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT policies_version_key UNIQUE (tenant_id, kind, version),
  CHECK (approved_by IS NULL OR approved_by <> requested_by)
);
SELECT weir_guard('policies', tenant => 'select', operator => 'select,insert,update,delete');
CREATE UNIQUE INDEX policies_in_production ON policies (tenant_id, kind) WHERE environment = 'production';
ALTER TABLE prompts ADD COLUMN requested_change text;

-- A tenant's settings are told of with the tenant's row. What is the platform's own is in no other row, so its release is told of itself.
ALTER TABLE changes DROP CONSTRAINT changes_kind_check;
ALTER TABLE changes ADD CONSTRAINT changes_kind_check CHECK (kind IN ('tenant', 'key', 'policy'));
CREATE FUNCTION weir_tell_policy() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('weir.changes'));
  INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'policy', NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER UPDATE ON policies FOR EACH ROW WHEN (NEW.environment = 'production') EXECUTE FUNCTION weir_tell_policy();
