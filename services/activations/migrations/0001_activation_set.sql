-- A choice and weighting of layers; the built-in ones are added when a project is first seen.
CREATE TABLE perception_space (
  id             uuid        PRIMARY KEY,
  team_id        uuid        NOT NULL,
  project_id     uuid        NOT NULL,
  name           text        NOT NULL,
  built_in       boolean     NOT NULL,
  layer_weights  jsonb       NOT NULL DEFAULT '[]',
  max_dimensions int         NOT NULL DEFAULT 64,
  create_time    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (project_id, name)
);

-- Responses of all samples at one epoch of a run, and their vectors in one space. Where it stands is its job's to say.
CREATE TABLE activation_set (
  id                  uuid             PRIMARY KEY,
  team_id             uuid             NOT NULL,
  project_id          uuid             NOT NULL,
  run_id              uuid             NOT NULL,
  epoch               int              NOT NULL,
  dataset_version_id  uuid             NOT NULL,
  model_version_id    text             NOT NULL,
  perception_space_id uuid             NOT NULL REFERENCES perception_space,
  job_id              uuid             NOT NULL,
  topology            jsonb            NOT NULL,
  weights             jsonb            NOT NULL,
  evaluation          jsonb,
  sample_count        int              NOT NULL DEFAULT 0,
  shard_size          int              NOT NULL DEFAULT 0,
  layers              jsonb            NOT NULL DEFAULT '[]',
  dimensions          int              NOT NULL DEFAULT 0,
  explained_variance  double precision NOT NULL DEFAULT 0,
  moments             jsonb,
  basis               jsonb,
  unit_statistics     jsonb,
  engine              text             NOT NULL DEFAULT '',
  create_time         timestamptz      NOT NULL DEFAULT now(),
  ready_time          timestamptz,
  UNIQUE (run_id, epoch, perception_space_id)
);
CREATE INDEX activation_set_project ON activation_set (project_id, create_time DESC, id DESC);

-- The matrices of one shard; the same rows as in the dataset version.
CREATE TABLE activation_shard (
  set_id    uuid  NOT NULL REFERENCES activation_set ON DELETE CASCADE,
  index     int   NOT NULL,
  team_id   uuid  NOT NULL,
  first_row int   NOT NULL,
  row_count int   NOT NULL,
  inputs    jsonb NOT NULL,
  responses jsonb,
  moments   jsonb,
  vectors   jsonb,
  PRIMARY KEY (set_id, index)
);

ALTER TABLE perception_space ENABLE ROW LEVEL SECURITY;
ALTER TABLE perception_space FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON perception_space USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
ALTER TABLE activation_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE activation_set FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON activation_set USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
ALTER TABLE activation_shard ENABLE ROW LEVEL SECURITY;
ALTER TABLE activation_shard FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON activation_shard USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
