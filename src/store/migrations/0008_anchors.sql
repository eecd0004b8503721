-- Where each tenant's chain begins after its oldest entries were deleted (weir.yaml: retention.eventMonths): the last deleted entry, and
-- what all deleted ones add up to. mac is an HMAC under a key that the database does not have: nobody else can cut a chain.
CREATE TABLE audit_anchors (
  tenant_id text PRIMARY KEY,
  seq bigint NOT NULL,
  chain_hash bytea NOT NULL,
  entries bigint NOT NULL,
  suspect bigint NOT NULL,
  input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  mac bytea NOT NULL
);
SELECT weir_guard('audit_anchors', tenant => 'select', operator => 'select,insert,update,delete');
