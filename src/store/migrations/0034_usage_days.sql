-- Sums of each day (UTC), made from usage_hours once the day is over: what months of usage are read from. A row's grain says which of its
-- words count; the others are ''. 'each' has all of them, 'all' none.
CREATE TABLE usage_days (
  tenant_id text NOT NULL,
  grain text NOT NULL CHECK (grain IN ('all', 'key', 'outcome', 'model', 'provider', 'team', 'feature', 'each')),
  day_at timestamptz NOT NULL,
  key_id text NOT NULL,
  outcome text NOT NULL,
  model text NOT NULL,
  provider text NOT NULL,
  team text NOT NULL,
  feature text NOT NULL,
  calls bigint NOT NULL,
  refused bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  PRIMARY KEY (tenant_id, grain, day_at, key_id, outcome, model, provider, team, feature)
);
SELECT weir_guard('usage_days', tenant => 'select', ledger => 'select,insert,delete', operator => 'select,delete');

-- Days whose sums are not made, or not any more: their hours are read. Whoever changes hours opens their day in the same transaction and
-- under the lock on the tenant's chain; the day is summed up and closed under the same lock, so no event falls between the two.
CREATE TABLE usage_open_days (
  tenant_id text NOT NULL,
  day_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, day_at)
);
SELECT weir_guard('usage_open_days', tenant => 'select', ledger => 'select,insert,delete', operator => 'select,insert,delete');

-- What is there already is summed up day by day by the running server. Row-level security is forced upon the tables' owner, too.
ALTER TABLE usage_hours NO FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_open_days NO FORCE ROW LEVEL SECURITY;
INSERT INTO usage_open_days SELECT DISTINCT tenant_id, date_trunc('day', hour_at, 'UTC') FROM usage_hours;
ALTER TABLE usage_hours FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_open_days FORCE ROW LEVEL SECURITY;
