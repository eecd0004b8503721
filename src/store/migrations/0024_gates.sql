-- Why a chunk was quarantined: 'injection' it looks like instructions to a model, 'garbled' or 'encoded' it is no text. NULL: it was not, or for injection, before reasons were kept.
ALTER TABLE chunks ADD COLUMN quarantine_reason text CHECK (quarantine_reason IN ('injection', 'garbled', 'encoded'));

-- What is worth telling of is now also what is held for another reason.
CREATE INDEX chunks_told ON chunks (tenant_id, collection_id, document, no) WHERE injection > 0.7 OR quarantine = 'held';
DROP INDEX chunks_flagged;
