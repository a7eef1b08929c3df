-- The explanation of one sample at one epoch of a run. Where it stands is its job's to say.
CREATE TABLE analysis (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  run_id             uuid        NOT NULL,
  epoch              int         NOT NULL,
  dataset_version_id uuid        NOT NULL,
  split              text        NOT NULL,
  sample_id          text        NOT NULL,
  sample_row         int         NOT NULL,
  settings           jsonb       NOT NULL,
  source             jsonb       NOT NULL,
  contents           jsonb,
  job_id             uuid        NOT NULL,
  create_time        timestamptz NOT NULL DEFAULT now(),
  ready_time         timestamptz
);
CREATE INDEX analysis_project ON analysis (project_id, create_time DESC, id DESC);

-- What a query and its similar samples have in common.
CREATE TABLE similarity_analysis (
  id                uuid        PRIMARY KEY,
  team_id           uuid        NOT NULL,
  project_id        uuid        NOT NULL,
  activation_set_id uuid        NOT NULL,
  layer             text        NOT NULL,
  query             jsonb       NOT NULL,
  samples           jsonb       NOT NULL,
  source            jsonb       NOT NULL,
  contents          jsonb,
  job_id            uuid        NOT NULL,
  create_time       timestamptz NOT NULL DEFAULT now(),
  ready_time        timestamptz
);
CREATE INDEX similarity_analysis_project ON similarity_analysis (project_id, create_time DESC, id DESC);

ALTER TABLE analysis ENABLE ROW LEVEL SECURITY;
ALTER TABLE analysis FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON analysis USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
ALTER TABLE similarity_analysis ENABLE ROW LEVEL SECURITY;
ALTER TABLE similarity_analysis FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON similarity_analysis USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW analysis_status WITH (security_invoker = true) AS
SELECT a.*, j.state, j.fault FROM analysis a JOIN job_status j ON j.id = a.job_id;

CREATE VIEW similarity_analysis_status WITH (security_invoker = true) AS
SELECT a.*, j.state, j.fault FROM similarity_analysis a JOIN job_status j ON j.id = a.job_id;
