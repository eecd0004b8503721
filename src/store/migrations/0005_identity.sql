-- Who may do what, and who decided so.

-- Narrower than the tenant's own: NULL says nothing.
ALTER TABLE api_keys ADD COLUMN region text;
ALTER TABLE api_keys ADD COLUMN own_documents_only boolean NOT NULL DEFAULT false;
-- Who made it, or the key that it takes the place of: nobody is a second person by a key of their own making.
ALTER TABLE api_keys ADD COLUMN made_by text NOT NULL DEFAULT '';

-- Who made it: a key's id, or a token holder's digest. '' for what is older than this column.
ALTER TABLE files ADD COLUMN owner_id text NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN owner_id text NOT NULL DEFAULT '';

-- Every decision that is no call: sign-ins, authorisations, access to data, changes of configuration, security events. Chained per
-- tenant like the ledger (src/record/chain.ts); what belongs to no tenant is chained under the platform's id, which no tenant can have.
-- Only appended to: nobody is granted an update, and only the operator deletes, for erasure and retention.
CREATE TABLE decisions (
  tenant_id text NOT NULL,
  -- Position in the chain: 1, 2, 3, …
  seq bigint NOT NULL,
  created_at timestamptz NOT NULL,
  category text NOT NULL CHECK (category IN ('sign-ins', 'authorisations', 'data-access', 'configuration', 'security')),
  -- SHA-256 of body's bytes.
  event_hash bytea NOT NULL,
  chain_hash bytea NOT NULL,
  -- JSON: ids, codes, numbers; no names, no content, no secrets.
  body text NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
SELECT weir_guard('decisions', tenant => 'select,insert', operator => 'select,insert,delete');
CREATE INDEX decisions_by_category ON decisions (tenant_id, category, seq);

CREATE TABLE decision_heads (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL,
  chain_hash bytea NOT NULL,
  -- HMAC under a key that the database does not have.
  mac bytea NOT NULL
) WITH (fillfactor = 50);
SELECT weir_guard('decision_heads', tenant => 'select,insert,update', operator => 'select,insert,update,delete');

-- A tenant's prompts, by name, each change a new version. What is in production is also the tenant's system_prompt, where calls read it.
CREATE TABLE prompts (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  name text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  environment text NOT NULL CHECK (environment IN ('staging', 'production', 'retired')),
  body text NOT NULL,
  author_id text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Asked for by one person, given by another.
  requested_by text,
  requested_at timestamptz,
  approved_by text,
  approved_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT prompts_version_key UNIQUE (tenant_id, name, version),
  CHECK (approved_by IS NULL OR approved_by <> requested_by)
);
SELECT weir_guard('prompts', tenant => 'select', operator => 'select,insert,update,delete');
CREATE UNIQUE INDEX prompts_in_production ON prompts (tenant_id, name) WHERE environment = 'production';
