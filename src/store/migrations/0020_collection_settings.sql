-- What a collection's owner chose: how its documents are cut and searched. An object; what it does not name is as the configuration says.
ALTER TABLE collections ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';

-- The larger chunk that a small one stands in, by the number of its first. NULL: it stands for itself.
ALTER TABLE chunks ADD COLUMN parent integer;
-- A line about where it stands, searched with it and not returned as its text. NULL: its title and headings only.
ALTER TABLE chunks ADD COLUMN context text;

-- The language that its words were reduced for, ISO 639-1. NULL: made before languages were told apart, as English.
ALTER TABLE documents ADD COLUMN language text;
