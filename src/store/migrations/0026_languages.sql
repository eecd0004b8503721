-- What the words of a collection's documents were reduced for, ISO 639-1: a word of a query is looked for in the form of each. Never taken away,
-- because one too many costs a look at a term that nothing has. What was indexed before languages were told apart was reduced as English.
ALTER TABLE collections ADD COLUMN languages text[] NOT NULL DEFAULT '{en}';
ALTER TABLE collections ALTER COLUMN languages SET DEFAULT '{}';
