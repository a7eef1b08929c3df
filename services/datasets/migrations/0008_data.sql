-- Files that the manifest of an integration reads: the stored parts of their archive, and its size.
ALTER TABLE integration ADD COLUMN data jsonb;

-- The rows that exist have no data, so the sums stay; only what later rows count changes.
DROP TRIGGER usage_added ON integration;
DROP TRIGGER usage_removed ON integration;
DROP TRIGGER usage_changed ON integration;
CREATE TRIGGER usage_added AFTER INSERT ON integration REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle, data) + wheel_bytes(wheels)');
CREATE TRIGGER usage_removed AFTER DELETE ON integration REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle, data) + wheel_bytes(wheels)');
CREATE TRIGGER usage_changed AFTER UPDATE ON integration REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle, data) + wheel_bytes(wheels)');
