-- What the dearest call of a day cost (of grain 'all'; 0 of others): who looks for dear calls passes days by that have none. Days that are
-- summed up already get it when they are summed up anew, in the background; until then their hours are read.
ALTER TABLE usage_days ADD COLUMN dearest_micro_usd bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_days NO FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_open_days NO FORCE ROW LEVEL SECURITY;
INSERT INTO usage_open_days SELECT DISTINCT tenant_id, day_at FROM usage_days ON CONFLICT DO NOTHING;
ALTER TABLE usage_days FORCE ROW LEVEL SECURITY;
ALTER TABLE usage_open_days FORCE ROW LEVEL SECURITY;

-- Whom a budget refused is asked for a month at once. Calls that were answered are not in it.
CREATE INDEX events_refused ON events (tenant_id, created_at) WHERE outcome = 'refused';
