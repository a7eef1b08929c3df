-- Samples that a client sends in chunks. The chunks are removed when a dataset version was made of them.
CREATE TABLE upload (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  manifest           jsonb       NOT NULL,
  dataset_version_id uuid        REFERENCES dataset_version ON DELETE SET NULL,
  created_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX upload_version ON upload (dataset_version_id);

CREATE TABLE upload_chunk (
  upload_id uuid  NOT NULL REFERENCES upload ON DELETE CASCADE,
  index     int   NOT NULL,
  team_id   uuid  NOT NULL,
  content   jsonb NOT NULL,
  PRIMARY KEY (upload_id, index)
);

ALTER TABLE upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON upload
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE upload_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload_chunk FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON upload_chunk
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

SELECT watch_usage('upload_chunk', '0', 'artifact_bytes(content)');

-- An integration of an upload has no code.
ALTER TABLE integration ADD COLUMN upload_id uuid;
