-- Where the code that turns raw data into samples is.
CREATE TABLE integration (
  id           uuid        PRIMARY KEY,
  team_id      uuid        NOT NULL,
  project_id   uuid        NOT NULL,
  display_name text        NOT NULL,
  module_path  text        NOT NULL,
  digest       text        NOT NULL,
  created_at   timestamptz NOT NULL
);
CREATE INDEX integration_project ON integration (project_id, id DESC);

-- What became visible. The id is made from the project and the digest of the content, so the same input is the same row.
CREATE TABLE dataset_version (
  id             uuid        PRIMARY KEY,
  team_id        uuid        NOT NULL,
  ingestion_id   uuid        NOT NULL UNIQUE,
  project_id     uuid        NOT NULL,
  integration_id uuid        NOT NULL,
  display_name   text        NOT NULL,
  job_id         uuid        NOT NULL,
  shard_size     int         NOT NULL,
  content        jsonb       NOT NULL,
  content_digest text        NOT NULL,
  samples        jsonb       NOT NULL,
  created_at     timestamptz NOT NULL,
  ready_at       timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE dataset_shard (
  dataset_version_id uuid  NOT NULL REFERENCES dataset_version ON DELETE CASCADE,
  index              int   NOT NULL,
  team_id            uuid  NOT NULL,
  first_row          int   NOT NULL,
  row_count          int   NOT NULL,
  inputs             jsonb NOT NULL,
  ground_truths      jsonb,
  visuals            jsonb,
  PRIMARY KEY (dataset_version_id, index)
);

-- One request to ingest. It leads to the version that it made, or that was there before.
CREATE TABLE ingestion (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  integration_id     uuid        NOT NULL,
  display_name       text        NOT NULL,
  job_id             uuid        NOT NULL REFERENCES job,
  shard_size         int         NOT NULL,
  dataset_version_id uuid        REFERENCES dataset_version ON DELETE CASCADE,
  created_at         timestamptz NOT NULL
);
CREATE INDEX ingestion_version ON ingestion (dataset_version_id);

ALTER TABLE integration ENABLE ROW LEVEL SECURITY;
ALTER TABLE integration FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON integration
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE dataset_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE dataset_version FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON dataset_version
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE dataset_shard ENABLE ROW LEVEL SECURITY;
ALTER TABLE dataset_shard FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON dataset_shard
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE ingestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE ingestion FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON ingestion
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

-- What people see: versions that are ready, and ingestions that have not become one (yet). `id` sorts by creation.
CREATE VIEW dataset_entry WITH (security_invoker = true) AS
SELECT v.ingestion_id AS id, v.id AS dataset_version_id, v.project_id, v.integration_id, v.display_name, v.job_id, 'succeeded' AS state, NULL::jsonb AS fault,
       v.shard_size, v.content, v.content_digest, v.samples, v.created_at, v.ready_at
FROM dataset_version v
UNION ALL
SELECT i.id, i.id, i.project_id, i.integration_id, i.display_name, i.job_id, j.state, j.fault, i.shard_size, NULL, NULL, NULL, i.created_at, NULL
FROM ingestion i JOIN job_status j ON j.id = i.job_id
WHERE i.dataset_version_id IS NULL;
