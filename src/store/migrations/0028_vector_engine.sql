-- Where the approximate index of a generation is: the rows of chunk_vectors marked `indexed` are in it.
ALTER TABLE vector_generations ADD COLUMN engine text NOT NULL DEFAULT 'pgvector' CHECK (engine IN ('pgvector', 'qdrant'));
