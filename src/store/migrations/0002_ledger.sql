-- The ledger: one row a call (refusals one row per key, code and minute, in parts), chained per tenant, never changed after it was
-- written. Monthly partitions are made ahead by weir_event_partition, which the owner's login calls at start and daily.
CREATE TABLE events (
  tenant_id text NOT NULL,
  created_at timestamptz NOT NULL,
  request_id text NOT NULL,
  -- Position in the tenant's chain: 1, 2, 3, …
  seq bigint NOT NULL,
  key_id text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('finished', 'failed', 'aborted', 'refused')),
  model text,
  provider text,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  -- Refusals added up in this row; 1 for a call.
  count bigint NOT NULL CHECK (count > 0),
  -- SHA-256 of body's bytes: what a receipt signs.
  event_hash bytea NOT NULL,
  -- SHA-256 of the previous entry's chain_hash, seq and event_hash, as record/chain.ts puts them together.
  chain_hash bytea NOT NULL,
  -- It was read from a journal whose chain was broken at this place.
  suspect boolean NOT NULL DEFAULT false,
  -- The event's JSON as the journal holds it, byte for byte.
  body text NOT NULL,
  -- In this order it is also the index of usage listings; the same call cannot be in it twice.
  PRIMARY KEY (tenant_id, created_at, request_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX events_by_seq ON events (tenant_id, seq);
SELECT weir_guard('events', tenant => 'select', ledger => 'select,insert', operator => 'select,delete');

-- Calendar months in UTC. A partition is made apart and then attached: that does not wait for readers of the table.
-- Nobody is granted anything on it: rows are reached through the table alone, under its policies.
CREATE FUNCTION weir_event_partition(period text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  first timestamptz;
  part text := 'events_' || replace(period, '-', '_');
BEGIN
  IF period !~ '^\d{4}-(0[1-9]|1[0-2])$' THEN
    RAISE EXCEPTION 'a period is YYYY-MM' USING ERRCODE = '22023';
  END IF;
  first := make_timestamptz(left(period, 4)::int, right(period, 2)::int, 1, 0, 0, 0, 'UTC');
  PERFORM pg_advisory_xact_lock(hashtext('weir.event-partitions'));
  IF to_regclass('public.' || part) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Bodies above 2 kB stay in the row, uncompressed: compression would cost more than the insert.
  EXECUTE format('CREATE TABLE public.%I (LIKE public.events INCLUDING ALL) WITH (toast_tuple_target = 8160)', part);
  PERFORM public.weir_guard(('public.' || part)::regclass);
  EXECUTE format('ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', part, first, first + interval '1 month');
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION weir_event_partition FROM PUBLIC;

-- The last entry of each tenant's chain. mac is an HMAC under a key that the database does not have: a shortened chain cannot be
-- given a head that fits. A tenant has a row as soon as it has an event.
CREATE TABLE audit_heads (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL,
  chain_hash bytea NOT NULL,
  mac bytea NOT NULL
) WITH (fillfactor = 50);
SELECT weir_guard('audit_heads', tenant => 'select', ledger => 'select,insert,update', operator => 'select,delete');

-- Sums of each hour (UTC), kept in the transaction that inserts the events: totals and budgets read these, not the events.
-- Unknown words are ''. Half of each page is left free, so that a growing sum stays on its page and touches no index.
CREATE TABLE usage_hours (
  tenant_id text NOT NULL,
  hour_at timestamptz NOT NULL,
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
  PRIMARY KEY (tenant_id, hour_at, key_id, outcome, model, provider, team, feature)
) WITH (fillfactor = 50);
SELECT weir_guard('usage_hours', tenant => 'select', ledger => 'select,insert,update', operator => 'select,delete');

-- How far each process's journal has been shipped: moved in the transaction that inserts the events, so each is inserted once.
-- The offset in a file, or past the last file the number of orphans billed.
CREATE TABLE journal_marks (
  process_id text PRIMARY KEY,
  file bigint NOT NULL,
  position bigint NOT NULL,
  -- Every event is in the ledger and its leases are released: the process is gone for good.
  finished boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
REVOKE ALL ON journal_marks FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON journal_marks TO weir_ledger;
GRANT SELECT, DELETE ON journal_marks TO weir_operator;
