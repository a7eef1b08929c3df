-- Models out of files: the format they were given in, and of their versions the file itself.
ALTER TABLE model ADD COLUMN format text NOT NULL DEFAULT 'layers-json';
ALTER TABLE model_version ADD COLUMN imported jsonb;
ALTER TABLE model_version DROP CONSTRAINT model_version_origin_check;
ALTER TABLE model_version ADD CONSTRAINT model_version_origin_check CHECK (origin IN ('initialized', 'trained', 'imported'));

CREATE OR REPLACE VIEW model_status WITH (security_invoker = true) AS
SELECT m.id, m.team_id, m.project_id, m.display_name, m.digest, m.parameter_count, m.inputs, m.outputs, m.created_at, v.id AS latest_version_id, m.format
FROM model m
CROSS JOIN LATERAL (SELECT id FROM model_version WHERE model_id = m.id ORDER BY number DESC LIMIT 1) v;

-- An imported version has weights and a file of its own, and the topology where it made the model.
DO $$
DECLARE bytes text := 'CASE WHEN origin = ''trained'' THEN artifact_bytes(weights) WHEN number = 1 THEN artifact_bytes(topology, weights, imported) ELSE artifact_bytes(weights, imported) END';
BEGIN
  DROP TRIGGER usage_added ON model_version;
  DROP TRIGGER usage_removed ON model_version;
  DROP TRIGGER usage_changed ON model_version;
  EXECUTE format('CREATE TRIGGER usage_added AFTER INSERT ON model_version REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_usage(''0'', %L)', bytes);
  EXECUTE format('CREATE TRIGGER usage_removed AFTER DELETE ON model_version REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_usage(''0'', %L)', bytes);
  EXECUTE format('CREATE TRIGGER usage_changed AFTER UPDATE ON model_version REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_usage(''0'', %L)', bytes);
END $$;
