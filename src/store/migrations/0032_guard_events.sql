-- What the rules for content found and did, by call and rule: read from the events as they come in and gone with them, so that a listing by rule
-- looks at no event's body. Numbers and permanent words, never content. Of events that were there before this migration nothing is listed.
CREATE TABLE guard_events (
  tenant_id text NOT NULL,
  created_at timestamptz NOT NULL,
  request_id text NOT NULL,
  rule text NOT NULL,
  key_id text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('found', 'masked', 'withheld', 'stopped', 'refused')),
  -- Refusals added up in this row; 1 for a call.
  count bigint NOT NULL,
  -- How many of each type of personal data: {"EMAIL": 2}.
  types jsonb,
  -- The highest score of an attack.
  score double precision,
  PRIMARY KEY (tenant_id, created_at, request_id, rule)
);
CREATE INDEX guard_events_by_rule ON guard_events (tenant_id, rule, created_at, request_id);
SELECT weir_guard('guard_events', tenant => 'select', ledger => 'select,insert', operator => 'select,delete');

-- Sums of each hour (UTC), kept like those of usage.
CREATE TABLE guard_hours (
  tenant_id text NOT NULL,
  hour_at timestamptz NOT NULL,
  rule text NOT NULL,
  outcome text NOT NULL,
  calls bigint NOT NULL,
  PRIMARY KEY (tenant_id, hour_at, rule, outcome)
) WITH (fillfactor = 50);
SELECT weir_guard('guard_hours', tenant => 'select', ledger => 'select,insert,update', operator => 'select,delete');

-- In a body every quotation mark of a text is escaped, so the patterns meet names of fields only.
CREATE FUNCTION weir_note_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM added WHERE body LIKE '%"guard":{%' OR body LIKE '%"code":"%_blocked"%') THEN
    RETURN NULL;
  END IF;
  WITH seen AS MATERIALIZED (
    SELECT tenant_id, created_at, request_id, key_id, count, outcome = 'refused' AS refused, body::jsonb AS body
    FROM added WHERE body LIKE '%"guard":{%' OR (outcome = 'refused' AND body LIKE '%"code":"%_blocked"%')
  ), told AS (
    SELECT tenant_id, created_at, request_id, key_id, count, CASE body ->> 'code' WHEN 'injection_blocked' THEN 'injection' ELSE 'personal-data' END AS rule,
      'refused' AS outcome, NULL::jsonb AS types, NULL::double precision AS score
    FROM seen WHERE refused AND body ->> 'code' IN ('injection_blocked', 'personal_data_blocked')
    UNION ALL
    SELECT s.tenant_id, s.created_at, s.request_id, s.key_id, 1, r.rule, r.outcome, r.types, r.score
    FROM seen s CROSS JOIN LATERAL (SELECT s.body -> 'guard' AS guard) g CROSS JOIN LATERAL (
      SELECT 'personal-data' AS rule, CASE WHEN g.guard ? 'masked' THEN 'masked' ELSE 'found' END AS outcome, g.guard -> 'found' AS types,
        NULL::double precision AS score WHERE g.guard ? 'found'
      UNION ALL
      SELECT 'injection', CASE WHEN g.guard ? 'withheld' THEN 'withheld' ELSE 'found' END, NULL, (g.guard ->> 'injection')::double precision
      WHERE g.guard ? 'injection' OR g.guard ? 'withheld'
      UNION ALL
      SELECT 'answer-' || a.key, CASE WHEN s.body ->> 'code' = CASE a.key WHEN 'canary' THEN 'canary_leaked' ELSE 'output_blocked' END
        THEN 'stopped' ELSE 'found' END, NULL, NULL
      FROM jsonb_each(CASE WHEN jsonb_typeof(g.guard -> 'answer') = 'object' THEN g.guard -> 'answer' ELSE '{}' END) a
    ) r
    -- Texts that somebody asked to be judged, and copies of calls, are no events of the rules.
    WHERE NOT s.refused AND coalesce(s.body ->> 'operation', '') NOT IN ('moderations', 'shadow')
  ), noted AS (
    INSERT INTO guard_events (tenant_id, created_at, request_id, rule, key_id, outcome, count, types, score)
    SELECT tenant_id, created_at, request_id, rule, key_id, outcome, count, types, score FROM told ON CONFLICT DO NOTHING
    RETURNING tenant_id, created_at, rule, outcome, count
  )
  INSERT INTO guard_hours AS h (tenant_id, hour_at, rule, outcome, calls)
  SELECT tenant_id, date_trunc('hour', created_at, 'UTC'), rule, outcome, sum(count) FROM noted GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (tenant_id, hour_at, rule, outcome) DO UPDATE SET calls = h.calls + excluded.calls;
  RETURN NULL;
END $$;
CREATE TRIGGER note_guard AFTER INSERT ON events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION weir_note_guard();

CREATE FUNCTION weir_forget_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM guard_events g USING gone e
  WHERE g.tenant_id = e.tenant_id AND g.created_at = e.created_at AND g.request_id = e.request_id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_guard AFTER DELETE ON events REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION weir_forget_guard();
