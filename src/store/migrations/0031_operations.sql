-- Providers that an operator has taken out of the choice of targets; one without a row is on. Names are those of weir.yaml. No tenant's data.
CREATE TABLE provider_states (
  provider text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('draining', 'disabled')),
  reason text NOT NULL DEFAULT '',
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL
);
REVOKE ALL ON provider_states FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_states TO weir_operator;

-- Every process hears of it as of a tenant's change, under the platform's own id.
ALTER TABLE changes DROP CONSTRAINT changes_kind_check;
ALTER TABLE changes ADD CONSTRAINT changes_kind_check CHECK (kind IN ('tenant', 'key', 'policy', 'subject', 'provider'));
CREATE FUNCTION weir_tell_provider() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('weir.changes'));
  INSERT INTO changes (tenant_id, kind, id) VALUES ('ten_00000000000000000000000000', 'provider', coalesce(NEW.provider, OLD.provider));
  RETURN NULL;
END $$;
CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON provider_states FOR EACH ROW EXECUTE FUNCTION weir_tell_provider();

-- How calls were served, for the service's objectives: what one process counted in five minutes from `from_at` on.
CREATE TABLE objective_counts (
  process_id text NOT NULL,
  from_at timestamptz NOT NULL,
  -- Answered; and failed, or refused, by the server's or a provider's fault.
  good bigint NOT NULL,
  bad bigint NOT NULL,
  -- First parts in the time that the objective then named, and later.
  fast bigint NOT NULL,
  slow bigint NOT NULL,
  -- When the process last said so, also where it counted nothing: it lives.
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (from_at, process_id)
);
REVOKE ALL ON objective_counts FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON objective_counts TO weir_operator;
