-- A key that is refused because of how it was used, until somebody lifts that. NULL: it is not.
ALTER TABLE api_keys ADD COLUMN suspended_at timestamptz;
ALTER TABLE api_keys ADD COLUMN suspended_reason text;
-- What the platform's people suspended, a tenant's cannot lift.
ALTER TABLE api_keys ADD COLUMN suspended_by text CHECK (suspended_by IN ('server', 'tenant', 'platform'));
ALTER TABLE api_keys ADD CHECK ((suspended_at IS NULL) = (suspended_by IS NULL));

-- Requests that a rule for content refused, so that whoever sent one can say that it was a mistake. Never content: what a caller sends with a
-- report is a stored object, encrypted.
CREATE TABLE guard_refusals (
  tenant_id text NOT NULL REFERENCES tenants (id),
  request_id text NOT NULL,
  key_id text NOT NULL,
  code text NOT NULL,
  -- The classifier's own words.
  saw text NOT NULL,
  refused_at timestamptz NOT NULL,
  -- Gone after this date.
  keep_until timestamptz NOT NULL,
  reported_at timestamptz,
  reported_by text,
  -- Key of the object that holds the caller's text and note. NULL: they sent none.
  object text,
  label text CHECK (label IN ('false-positive', 'correct')),
  labelled_at timestamptz,
  labelled_by text,
  PRIMARY KEY (tenant_id, request_id)
);
SELECT weir_guard('guard_refusals', tenant => 'select,insert,update', operator => 'select,delete');
CREATE INDEX guard_refusals_by_date ON guard_refusals (keep_until);
CREATE INDEX guard_refusals_reported ON guard_refusals (request_id) WHERE reported_at IS NOT NULL;
