-- Vectors of chunks, so that a search finds by meaning what it does not find by words.

-- Vectors of two models lie in different spaces, so a collection's come in generations, one model each. Searches read the serving one. A candidate
-- is built beside it and takes a growing share of the questions; a retired one is what was there before, and is kept up to date until it is dropped.
CREATE TABLE vector_generations (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  generation integer NOT NULL CHECK (generation > 0),
  -- As the configuration calls it.
  model text NOT NULL,
  -- As its provider does: vectors of another one do not compare with these.
  space text NOT NULL,
  -- How long they are. NULL before the first: what comes later has to be the same.
  dimensions integer CHECK (dimensions > 0),
  role text NOT NULL CHECK (role IN ('serving', 'candidate', 'retired', 'dropped')),
  -- Of a candidate: percent of the questions that it answers.
  share integer NOT NULL DEFAULT 0 CHECK (share BETWEEN 0 AND 100),
  -- It has an approximate index (HNSW): rows marked `indexed` are in it.
  graph boolean NOT NULL DEFAULT false,
  -- How the candidate compares, an object. NULL: not compared yet.
  report jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, generation),
  FOREIGN KEY (tenant_id, collection_id) REFERENCES collections (tenant_id, id)
);
SELECT weir_guard('vector_generations', tenant => 'select,insert,update,delete', operator => 'select,delete');
CREATE UNIQUE INDEX vector_generations_role ON vector_generations (tenant_id, collection_id, role) WHERE role <> 'dropped';
CREATE INDEX vector_generations_dropped ON vector_generations (tenant_id, collection_id, generation) WHERE role = 'dropped';

-- Documents that have all of their vectors in a generation.
CREATE TABLE embedded_documents (
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  generation integer NOT NULL,
  -- Its first_chunk.
  document integer NOT NULL,
  PRIMARY KEY (tenant_id, collection_id, generation, document)
);
SELECT weir_guard('embedded_documents', tenant => 'select,insert,update,delete', operator => 'select,delete');

-- The vectors themselves are of a type of pgvector, which a server may not have: then there is no such table, and searches go by words alone.
-- Called here and at every start, so that installing pgvector later and starting again is all that it takes. The answer: `ready`, or why not.
CREATE FUNCTION weir_vectors() RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  version text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') THEN
    IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN RETURN 'missing'; END IF;
    BEGIN
      CREATE EXTENSION vector SCHEMA public;
    EXCEPTION
      WHEN insufficient_privilege THEN RETURN 'forbidden';
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  SELECT extversion INTO version FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'vector' AND nspname = 'public';
  IF version IS NULL THEN RETURN 'elsewhere'; END IF;
  -- 0.8: an approximate search goes on until enough of what it finds may be seen.
  IF (string_to_array(version, '.'))[1]::int = 0 AND (string_to_array(version, '.'))[2]::int < 8 THEN RETURN 'old'; END IF;
  IF to_regclass('public.chunk_vectors') IS NOT NULL THEN RETURN 'ready'; END IF;
  CREATE TABLE public.chunk_vectors (
    tenant_id text NOT NULL,
    collection_id text NOT NULL,
    generation integer NOT NULL,
    no integer NOT NULL,
    -- Of what was embedded: the same text under the same model is never paid for twice.
    text_hash text NOT NULL,
    -- It is in the generation's approximate index.
    indexed boolean NOT NULL,
    -- Of length 1.
    embedding public.vector NOT NULL,
    PRIMARY KEY (tenant_id, collection_id, generation, no)
  );
  -- In the row itself and as it is: numbers do not shrink, and an exact search reads every one of them.
  ALTER TABLE public.chunk_vectors ALTER COLUMN embedding SET STORAGE EXTERNAL;
  ALTER TABLE public.chunk_vectors SET (toast_tuple_target = 8160);
  PERFORM public.weir_guard('public.chunk_vectors', tenant => 'select,insert,update,delete', operator => 'select,delete');
  -- What is not in the approximate index is searched exactly.
  CREATE INDEX chunk_vectors_loose ON public.chunk_vectors (tenant_id, collection_id, generation, no) WHERE NOT indexed;
  -- The text first: it can be entered by one only, so that no search of a whole generation is planned through it.
  CREATE INDEX chunk_vectors_by_text ON public.chunk_vectors (text_hash, tenant_id);
  RETURN 'ready';
END $$;
REVOKE ALL ON FUNCTION weir_vectors FROM PUBLIC;
SELECT weir_vectors();
