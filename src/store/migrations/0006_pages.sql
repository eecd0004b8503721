-- Where pages begin in a chunk, where its document has pages: an array of {offset, page}, the first at the chunk's start.
ALTER TABLE chunks ADD COLUMN pages jsonb;
