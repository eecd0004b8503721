-- What was found in a chunk when it was indexed, so that no call has to look for it again.

-- How much it looks like instructions to a model, from 0 to 1. NULL: nobody looked.
ALTER TABLE chunks ADD COLUMN injection double precision;
-- Where in it that stands, where it scores enough to tell: an array of page numbers, or of headings. NULL: under none.
ALTER TABLE chunks ADD COLUMN flagged_places jsonb;
-- Personal data in its body: an array of [type, start, end, score]. NULL: nobody looked.
ALTER TABLE chunks ADD COLUMN findings jsonb;
-- Which detectors looked. What others than today's found is looked for again.
ALTER TABLE chunks ADD COLUMN guard_rev integer;
-- 'held': it has no postings and is in no answer. 'released': somebody looked at it and let it be found.
ALTER TABLE chunks ADD COLUMN quarantine text CHECK (quarantine IN ('held', 'released'));
-- The few that are worth telling of: by file, and those held in a collection in the order of their numbers.
CREATE INDEX chunks_flagged ON chunks (tenant_id, collection_id, document, no) WHERE injection > 0.7;

-- Of chunk_count, those that are held or were deleted in quarantine: they are not in the collection's figures.
ALTER TABLE documents ADD COLUMN withheld integer NOT NULL DEFAULT 0;

-- Chunks stay as they were written but for their release.
GRANT UPDATE (quarantine) ON chunks TO weir_tenant;
DROP POLICY nobody_update ON chunks;
CREATE POLICY weir_tenant_update ON chunks FOR UPDATE TO weir_tenant
  USING (tenant_id = nullif(current_setting('app.tenant', true), '')) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), ''));
