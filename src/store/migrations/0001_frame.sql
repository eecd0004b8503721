-- Conventions of every migration
--
-- * Files are numbered and never change once released: an applied file's sha256 is checked at every start. Add a new one instead.
-- * Each file runs once, in one transaction, as the login that owns the tables.
-- * Statements of the application run as one of four roles (SET LOCAL ROLE), which own nothing and bypass nothing:
--     weir_tenant   one tenant's rows: app.tenant is its id
--     weir_lookup   a key's digest -> its tenant; the feed of changes
--     weir_ledger   inserts events, leases and settles budgets
--     weir_operator jobs, retention, the platform's administration
-- * A table with tenant data has a column tenant_id text NOT NULL, first in its primary key, in every unique constraint and in
--   every foreign key: PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, x_id) REFERENCES x (tenant_id, id). Otherwise another
--   tenant's ids are accepted, or their existence is told. (Exceptions: a key's digest, a tenant's slug.)
-- * Right after CREATE TABLE call weir_guard: it turns row-level security on and forces it, grants each role the commands named and
--   nothing more, and writes a policy for every command (commands that nobody may use get one that lets nothing through):
--     SELECT weir_guard('documents', tenant => 'select,insert,update,delete', ledger => '', operator => 'select,delete');
--   A tenant sees and writes only rows with its own tenant_id; the platform roles see all rows, for the commands named only.
-- * A table without tenant data (prices, jobs) has no tenant_id and is granted by hand; it needs no policies.
-- * Primary keys are the prefixed text ids of src/kernel/ids.ts, or identities. Money is bigint micro-dollars, named *_micro_usd.
--   Time is timestamptz, named *_at. No timestamp without zone, no varchar, no enum types: text with a CHECK.
-- * Under row-level security &&, @@, @> and pgvector's operators are never index conditions: reach rows by btree equality.
-- * A view must be WITH (security_invoker = true). No materialised views. No SECURITY DEFINER functions.

GRANT USAGE ON SCHEMA public TO weir_tenant, weir_lookup, weir_ledger, weir_operator;

CREATE FUNCTION weir_guard(
  guarded regclass, tenant text DEFAULT '', lookup text DEFAULT '', ledger text DEFAULT '', operator text DEFAULT '', tenant_column text DEFAULT 'tenant_id'
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  own text := format('%I = nullif(current_setting(''app.tenant'', true), '''')', tenant_column);
  command text;
  role text;
  allowed text;
  rule text;
  used boolean;
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', guarded);
  FOREACH command IN ARRAY ARRAY['select', 'insert', 'update', 'delete'] LOOP
    used := false;
    FOR role, allowed IN VALUES ('weir_tenant', tenant), ('weir_lookup', lookup), ('weir_ledger', ledger), ('weir_operator', operator) LOOP
      CONTINUE WHEN NOT command = ANY (string_to_array(replace(allowed, ' ', ''), ','));
      used := true;
      rule := CASE role WHEN 'weir_tenant' THEN own ELSE 'true' END;
      EXECUTE format('GRANT %s ON %s TO %I', command, guarded, role);
      EXECUTE format('CREATE POLICY %I ON %s FOR %s TO %I %s', role || '_' || command, guarded, command, role,
        CASE command WHEN 'insert' THEN format('WITH CHECK (%s)', rule)
                     WHEN 'update' THEN format('USING (%s) WITH CHECK (%s)', rule, rule)
                     ELSE format('USING (%s)', rule) END);
    END LOOP;
    IF NOT used THEN
      EXECUTE format('CREATE POLICY %I ON %s FOR %s %s', 'nobody_' || command, guarded, command,
        CASE command WHEN 'insert' THEN 'WITH CHECK (false)' WHEN 'update' THEN 'USING (false) WITH CHECK (false)' ELSE 'USING (false)' END);
    END IF;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION weir_guard FROM PUBLIC;

-- Which database this is. A data folder remembers it, so that an emptied or exchanged database is noticed. For the owner only.
CREATE TABLE weir_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tenants (
  id text PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  tier text,
  region text,
  content_policy text NOT NULL DEFAULT 'none' CHECK (content_policy IN ('none', 'scrubbed-sample', 'scrubbed', 'full')),
  system_prompt text,
  models text[],
  rpm integer CHECK (rpm >= 0),
  tpm integer CHECK (tpm >= 0),
  budget_micro_usd bigint CHECK (budget_micro_usd >= 0),
  -- Personal fields enter records only as digests under this salt: deleting it erases them.
  digest_salt bytea NOT NULL DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);
SELECT weir_guard('tenants', tenant => 'select', lookup => 'select', ledger => 'select', operator => 'select,insert,update,delete', tenant_column => 'id');

CREATE TABLE api_keys (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  -- HMAC of the key under the server's secret: the key itself is nowhere.
  digest text NOT NULL,
  -- The first characters, for people to tell keys apart.
  prefix text NOT NULL,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('tenant-admin', 'member')),
  team text,
  models text[],
  rpm integer CHECK (rpm >= 0),
  tpm integer CHECK (tpm >= 0),
  budget_micro_usd bigint CHECK (budget_micro_usd >= 0),
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT api_keys_digest_key UNIQUE (digest)
);
SELECT weir_guard('api_keys', tenant => 'select,insert,update', lookup => 'select', ledger => 'select', operator => 'select,insert,update,delete');

-- What every process must hear of within two seconds: it polls for seq > the last one seen.
CREATE TABLE changes (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  tenant_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('tenant', 'key')),
  id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX changes_by_seq ON changes (seq);
SELECT weir_guard('changes', tenant => 'insert', lookup => 'select', operator => 'select,insert,delete');

-- The lock is held until commit, so numbers become visible in order and a poller skips none.
CREATE FUNCTION weir_tell_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('weir.changes'));
  IF TG_TABLE_NAME = 'tenants' THEN
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.id, 'tenant', NEW.id);
  ELSE
    INSERT INTO changes (tenant_id, kind, id) VALUES (NEW.tenant_id, 'key', NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION weir_tell_change();
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION weir_tell_change();
