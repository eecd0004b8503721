-- The statement of 0021 that takes documents with attributes of these names out of everybody's sight reached no row where the login is no superuser:
-- row-level security is forced upon the tables' owner, too. What was written since then has the columns that its attributes ask for.
ALTER TABLE collection_files NO FORCE ROW LEVEL SECURITY;
ALTER TABLE files NO FORCE ROW LEVEL SECURITY;
UPDATE collection_files SET access_groups = '{}'
  WHERE (attributes ? 'groups' OR attributes ? 'classification' OR attributes ? 'jurisdiction' OR attributes ? 'effective_from' OR attributes ? 'effective_until')
    AND access_groups IS NULL AND classification IS NULL AND jurisdictions IS NULL AND effective_from IS NULL AND effective_until IS NULL;
UPDATE files f SET owner_only = true
  WHERE NOT owner_only AND EXISTS (SELECT FROM collection_files m WHERE m.tenant_id = f.tenant_id AND m.file_id = f.id AND m.access_groups = '{}');
ALTER TABLE files FORCE ROW LEVEL SECURITY;
ALTER TABLE collection_files FORCE ROW LEVEL SECURITY;
