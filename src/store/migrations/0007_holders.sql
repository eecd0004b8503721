-- Whose documents a key's are: '' its own. A key that takes another's place keeps what was the other's.
ALTER TABLE api_keys ADD COLUMN holder_id text NOT NULL DEFAULT '';
