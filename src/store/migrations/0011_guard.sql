-- A tenant's own rules for content, over the configuration's: {"pii": "block", …}. NULL: none.
ALTER TABLE tenants ADD COLUMN guard jsonb;
