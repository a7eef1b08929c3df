-- Layers whose responses the runs of a model follow unless they name others; none for all.
ALTER TABLE model ADD COLUMN layers jsonb NOT NULL DEFAULT '[]';

CREATE OR REPLACE VIEW model_status WITH (security_invoker = true) AS
SELECT m.id, m.team_id, m.project_id, m.display_name, m.digest, m.parameter_count, m.inputs, m.outputs, m.created_at, v.id AS latest_version_id, m.format, m.layers
FROM model m
CROSS JOIN LATERAL (SELECT id FROM model_version WHERE model_id = m.id ORDER BY number DESC LIMIT 1) v;
