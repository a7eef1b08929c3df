-- Severities of different units, in units of the share from which they are large: `weighSeverity` of libs/insights.
ALTER TABLE insight ADD COLUMN weight float8
  GENERATED ALWAYS AS (share / CASE contents->>'unit' WHEN 'metric' THEN 0.01 ELSE 0.05 END) STORED;
DROP INDEX insight_project;
CREATE INDEX insight_project ON insight (project_id, outdated, is_hint, weight DESC, id DESC);
