-- How it was cut into chunks: a collection's settings may have changed since. NULL: in the way of before there was a choice.
ALTER TABLE documents ADD COLUMN cutting jsonb;
