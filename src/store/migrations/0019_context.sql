-- What becomes of a tenant's prompt that no model has room for. NULL: as the rule that takes the call says.
ALTER TABLE tenants ADD COLUMN context text CHECK (context IN ('refuse', 'trim'));
