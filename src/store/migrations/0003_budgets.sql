-- A budget of one calendar month (UTC): of the platform (tenant_id and key_id are ''), of a tenant (key_id is ''), or of a key.
-- The limit is not here: it is the tenant's or key's own, or the platform's setting, and comes with every grant.
-- A row is made when somebody first asks for a lease; until then the month's spending is what the ledger's rollups add up to.
-- committed = spent + leased. A grant never lifts it above the limit. A call that is paid from a lease moves money from leased to spent
-- and so changes only its process's own lease, never a row that all processes share; spent is committed less the sum of the leases.
CREATE TABLE budgets (
  tenant_id text NOT NULL,
  key_id text NOT NULL,
  period text NOT NULL CHECK (period ~ '^\d{4}-\d{2}$'),
  committed_micro_usd bigint NOT NULL,
  -- What the last grant gave: before PostgreSQL 18 an UPDATE cannot return old values.
  granted_micro_usd bigint NOT NULL DEFAULT 0,
  -- A process was refused while others held leases: they give back what they do not need.
  wanted_at timestamptz,
  PRIMARY KEY (tenant_id, key_id, period),
  CHECK (key_id = '' OR tenant_id <> '')
) WITH (fillfactor = 50);
CREATE INDEX budgets_by_wanted ON budgets (wanted_at) WHERE wanted_at IS NOT NULL;
SELECT weir_guard('budgets', tenant => 'select', ledger => 'select,insert,update', operator => 'select,delete');

-- What one process holds: free, reserved by calls under way, or spent by calls whose events are not shipped yet. May fall below 0
-- where a call cost more than its reservation.
CREATE TABLE budget_leases (
  tenant_id text NOT NULL,
  key_id text NOT NULL,
  period text NOT NULL,
  process_id text NOT NULL,
  outstanding_micro_usd bigint NOT NULL,
  PRIMARY KEY (tenant_id, key_id, period, process_id),
  FOREIGN KEY (tenant_id, key_id, period) REFERENCES budgets (tenant_id, key_id, period) ON DELETE CASCADE
) WITH (fillfactor = 50);
CREATE INDEX budget_leases_by_process ON budget_leases (process_id);
SELECT weir_guard('budget_leases', ledger => 'select,insert,update,delete', operator => 'select,delete');
