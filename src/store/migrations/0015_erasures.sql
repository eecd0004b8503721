-- Two replicas that started at once could each make a job for the same deleted tenant. The oldest stays. Of the others, one that ended in a
-- certificate keeps it and is done; those without have proved nothing, and nobody was told of them.
DELETE FROM erasure_parts WHERE erasure_id IN (
  SELECT e.id FROM erasures e WHERE e.kind = 'tenant' AND e.certificate IS NULL
    AND EXISTS (SELECT FROM erasures o WHERE o.of_tenant = e.of_tenant AND o.kind = 'tenant' AND o.id < e.id));
DELETE FROM erasures e WHERE e.kind = 'tenant' AND e.certificate IS NULL
  AND EXISTS (SELECT FROM erasures o WHERE o.of_tenant = e.of_tenant AND o.kind = 'tenant' AND o.id < e.id);
-- What comes late is the oldest one's to look for.
UPDATE erasures e SET state = 'done', check_at = NULL, lease_until = NULL, error_code = NULL WHERE e.kind = 'tenant'
  AND EXISTS (SELECT FROM erasures o WHERE o.of_tenant = e.of_tenant AND o.kind = 'tenant' AND o.id < e.id);

-- Of end users a tenant may have several at once.
CREATE UNIQUE INDEX erasures_one_open ON erasures (of_tenant) WHERE kind = 'tenant' AND state <> 'done';
-- Whoever sets a hold looks for open ones of the tenant; lists of one tenant's go by id.
CREATE INDEX erasures_of_tenant ON erasures (of_tenant, id);
CREATE INDEX erasures_to_check ON erasures (check_at) WHERE check_at IS NOT NULL;
