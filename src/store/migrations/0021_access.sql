-- Who may find what of a tenant's documents.

-- Of a key's holder. NULL: in no group; cleared for public and internal; of no jurisdiction.
ALTER TABLE api_keys ADD COLUMN groups text[];
ALTER TABLE api_keys ADD COLUMN clearance smallint CHECK (clearance BETWEEN 0 AND 3);
ALTER TABLE api_keys ADD COLUMN jurisdiction text;

-- Who may find the collection at all. NULL: the whole tenant. Classifications: 0 public, 1 internal, 2 confidential, 3 restricted.
ALTER TABLE collections ADD COLUMN description text NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN access_groups text[];
ALTER TABLE collections ADD COLUMN classification smallint CHECK (classification BETWEEN 0 AND 3);
-- Those that delete themselves some time after their last use.
CREATE INDEX collections_expiring ON collections (tenant_id, id) WHERE deleted_at IS NULL AND settings ? 'expiresAfterDays';

-- What the reserved ones of a file's attributes say, where SQL can judge by it. NULL: says nothing, and so forbids nothing.
ALTER TABLE collection_files ADD COLUMN access_groups text[];
ALTER TABLE collection_files ADD COLUMN classification smallint CHECK (classification BETWEEN 0 AND 3);
ALTER TABLE collection_files ADD COLUMN jurisdictions text[];
ALTER TABLE collection_files ADD COLUMN effective_from timestamptz;
ALTER TABLE collection_files ADD COLUMN effective_until timestamptz;
-- How this file is cut, where it is not as its collection says.
ALTER TABLE collection_files ADD COLUMN chunking jsonb;

-- The names were anybody's until now: what has one of them is its administrators' alone until somebody says it anew.
UPDATE collection_files SET access_groups = '{}'
  WHERE attributes ? 'groups' OR attributes ? 'classification' OR attributes ? 'jurisdiction' OR attributes ? 'effective_from' OR attributes ? 'effective_until';

-- Whether a collection has any such file is asked at every search.
CREATE INDEX collection_files_restricted ON collection_files (tenant_id, collection_id)
  WHERE access_groups IS NOT NULL OR classification IS NOT NULL OR jurisdictions IS NOT NULL;
CREATE INDEX collection_files_dated ON collection_files (tenant_id, collection_id) WHERE effective_from IS NOT NULL OR effective_until IS NOT NULL;

-- Uploaded by somebody of a group, or once put where not everybody finds it: while the file stands in no collection that says who may find it, it is
-- its owner's alone.
ALTER TABLE files ADD COLUMN owner_only boolean NOT NULL DEFAULT false;

-- Files that were put into a collection together. What became of each stands in collection_files.
CREATE TABLE file_batches (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  id text NOT NULL,
  -- Who may ask about it where callers see only what is theirs.
  owner_id text NOT NULL,
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  PRIMARY KEY (tenant_id, collection_id, id),
  FOREIGN KEY (tenant_id, collection_id) REFERENCES collections (tenant_id, id)
);
SELECT weir_guard('file_batches', tenant => 'select,insert,update,delete', operator => 'select,delete');

CREATE TABLE file_batch_files (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  batch_id text NOT NULL,
  file_id text NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, batch_id, file_id),
  FOREIGN KEY (tenant_id, collection_id, batch_id) REFERENCES file_batches (tenant_id, collection_id, id)
);
SELECT weir_guard('file_batch_files', tenant => 'select,insert,delete', operator => 'select,delete');
