-- The mean heat maps of some rows at one epoch of a run. Where it stands is its job's to say.
CREATE TABLE selection_analysis (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  run_id             uuid        NOT NULL,
  epoch              int         NOT NULL,
  dataset_version_id uuid        NOT NULL,
  selected_count     int         NOT NULL,
  source             jsonb       NOT NULL,
  contents           jsonb,
  job_id             uuid        NOT NULL,
  create_time        timestamptz NOT NULL DEFAULT now(),
  ready_time         timestamptz
);
CREATE INDEX selection_analysis_project ON selection_analysis (project_id, create_time DESC, id DESC);

-- Whether the heat maps of a model depend on its weights.
CREATE TABLE sanity_check (
  id          uuid        PRIMARY KEY,
  team_id     uuid        NOT NULL,
  project_id  uuid        NOT NULL,
  run_id      uuid        NOT NULL,
  epoch       int         NOT NULL,
  source      jsonb       NOT NULL,
  contents    jsonb,
  job_id      uuid        NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  ready_time  timestamptz
);
CREATE INDEX sanity_check_project ON sanity_check (project_id, create_time DESC, id DESC);

ALTER TABLE selection_analysis ENABLE ROW LEVEL SECURITY;
ALTER TABLE selection_analysis FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON selection_analysis USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
ALTER TABLE sanity_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE sanity_check FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON sanity_check USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW selection_analysis_status WITH (security_invoker = true) AS
SELECT a.*, j.state, j.fault FROM selection_analysis a JOIN job_status j ON j.id = a.job_id;

CREATE VIEW sanity_check_status WITH (security_invoker = true) AS
SELECT c.*, j.state, j.fault FROM sanity_check c JOIN job_status j ON j.id = c.job_id;
