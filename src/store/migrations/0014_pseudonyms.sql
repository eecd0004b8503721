-- What pseudonyms stand for, where a tenant lets its conversations keep them. Sealed under a key that the database does not have; gone after
-- their date.
CREATE TABLE pseudonyms (
  tenant_id text NOT NULL REFERENCES tenants (id),
  -- A keyed digest: nobody learns from it who talked about what.
  conversation text NOT NULL,
  name text NOT NULL,
  sealed bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, conversation, name)
);
SELECT weir_guard('pseudonyms', tenant => 'select,insert,update', operator => 'select,delete');
CREATE INDEX pseudonyms_by_date ON pseudonyms (expires_at);
