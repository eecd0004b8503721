-- Files, collections of them, and the index that finds passages in a collection.

CREATE TABLE files (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  filename text NOT NULL,
  purpose text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  sha256 text NOT NULL,
  object_key text NOT NULL,
  created_at timestamptz NOT NULL,
  -- Set first, then the object goes, then the row: a process that dies in between leaves nothing behind.
  deleted_at timestamptz,
  PRIMARY KEY (tenant_id, id)
);
SELECT weir_guard('files', tenant => 'select,insert,update,delete', operator => 'select,delete');
CREATE INDEX files_deleted ON files (tenant_id, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE collections (
  tenant_id text NOT NULL REFERENCES tenants (id),
  id text NOT NULL,
  -- NULL once deleted, so that the name is free while the index is being cleaned.
  name text,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  active_at timestamptz NOT NULL,
  -- What BM25 asks of a collection: chunks that can be found, and the sum of their lengths in terms.
  chunk_count integer NOT NULL DEFAULT 0,
  length_sum bigint NOT NULL DEFAULT 0,
  -- The number of the next chunk. Numbers are never used again.
  next_chunk integer NOT NULL DEFAULT 1,
  -- Grows whenever what can be found changes.
  version bigint NOT NULL DEFAULT 0,
  deleted_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT collections_name_key UNIQUE (tenant_id, name)
);
SELECT weir_guard('collections', tenant => 'select,insert,update,delete', operator => 'select,delete');
CREATE INDEX collections_deleted ON collections (tenant_id, id) WHERE deleted_at IS NOT NULL;

-- One indexed text of a collection: the chunks first_chunk … first_chunk + chunk_count - 1. Files of the same content share it, and
-- file_id and filename are of one that is in the collection: what a passage names as its source.
CREATE TABLE documents (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  first_chunk integer NOT NULL,
  chunk_count integer NOT NULL CHECK (chunk_count > 0),
  length_sum bigint NOT NULL DEFAULT 0,
  file_id text NOT NULL,
  filename text NOT NULL,
  title text NOT NULL,
  content_hash text NOT NULL,
  -- Which version of parser, chunker and terms made it: only the same one can go on with it.
  index_rev integer NOT NULL,
  -- Only what is ready is found. What is dead waits to be cleaned away.
  state text NOT NULL CHECK (state IN ('indexing', 'ready', 'dead')),
  -- Chunks whose postings are all written, and how many terms of the segment behind them are.
  chunks_done integer NOT NULL DEFAULT 0,
  terms_done integer NOT NULL DEFAULT 0,
  -- Who indexes it must move this on; after it anyone may take over.
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, first_chunk),
  FOREIGN KEY (tenant_id, collection_id) REFERENCES collections (tenant_id, id)
);
SELECT weir_guard('documents', tenant => 'select,insert,update,delete', operator => 'select,delete');
CREATE UNIQUE INDEX documents_by_content ON documents (tenant_id, content_hash, collection_id) WHERE state <> 'dead';
CREATE INDEX documents_unready ON documents (tenant_id, collection_id, first_chunk) WHERE state <> 'ready';

CREATE TABLE collection_files (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  file_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('in_progress', 'completed', 'failed', 'cancelled')),
  error_code text,
  error_message text,
  attributes jsonb NOT NULL DEFAULT '{}',
  usage_bytes bigint NOT NULL DEFAULT 0,
  -- The document's first_chunk, once it has one.
  document integer,
  lease_until timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, file_id),
  FOREIGN KEY (tenant_id, collection_id) REFERENCES collections (tenant_id, id),
  FOREIGN KEY (tenant_id, collection_id, document) REFERENCES documents (tenant_id, collection_id, first_chunk)
);
SELECT weir_guard('collection_files', tenant => 'select,insert,update,delete', operator => 'select,delete');
CREATE INDEX collection_files_by_time ON collection_files (tenant_id, collection_id, created_at, file_id);
CREATE INDEX collection_files_by_document ON collection_files (tenant_id, collection_id, document);
CREATE INDEX collection_files_by_file ON collection_files (tenant_id, file_id);
CREATE INDEX collection_files_unfinished ON collection_files (tenant_id, collection_id, file_id) WHERE status = 'in_progress';

CREATE TABLE chunks (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  no integer NOT NULL,
  document integer NOT NULL,
  starts integer NOT NULL,
  ends integer NOT NULL,
  -- Headings above it, outermost first: an array of text.
  headings jsonb NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, no)
);
SELECT weir_guard('chunks', tenant => 'select,insert,delete', operator => 'select,delete');

-- The inverted index: where a term occurs in a collection, reached by btree equality only. Block 0 is the open one, which grows at its end;
-- a full one is closed under the number of its lowest chunk. An entry is eight bytes, little-endian: chunk (4), occurrences (2), length of the
-- chunk in terms (2). Rows stay in the page (PLAIN, under 4 kB) and leave it room to grow, so an append is a HOT update.
CREATE TABLE postings (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  term_id bigint NOT NULL,
  block integer NOT NULL,
  low integer NOT NULL,
  high integer NOT NULL,
  entries bytea NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, term_id, block)
) WITH (fillfactor = 80);
ALTER TABLE postings ALTER COLUMN entries SET STORAGE PLAIN;
SELECT weir_guard('postings', tenant => 'select,insert,update,delete', operator => 'select,delete');
