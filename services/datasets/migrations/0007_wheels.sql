-- Packages of the environment of an integration in Python: names, hashes and stored parts of wheels.
ALTER TABLE integration ADD COLUMN wheels jsonb NOT NULL DEFAULT '[]';

CREATE FUNCTION wheel_bytes(wheels jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum((wheel ->> 'sizeBytes')::bigint), 0)::bigint FROM jsonb_array_elements(wheels) wheel
$$;

-- The rows that exist have no wheels, so the sums stay; only what later rows count changes.
DROP TRIGGER usage_added ON integration;
DROP TRIGGER usage_removed ON integration;
DROP TRIGGER usage_changed ON integration;
CREATE TRIGGER usage_added AFTER INSERT ON integration REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle) + wheel_bytes(wheels)');
CREATE TRIGGER usage_removed AFTER DELETE ON integration REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle) + wheel_bytes(wheels)');
CREATE TRIGGER usage_changed AFTER UPDATE ON integration REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage('0', 'artifact_bytes(bundle) + wheel_bytes(wheels)');
