-- Architectures. Weights are in versions.
CREATE TABLE model (
  id              uuid        PRIMARY KEY,
  team_id         uuid        NOT NULL,
  project_id      uuid        NOT NULL,
  display_name    text        NOT NULL,
  digest          text        NOT NULL,
  parameter_count bigint      NOT NULL,
  inputs          jsonb       NOT NULL,
  outputs         jsonb       NOT NULL,
  created_at      timestamptz NOT NULL,
  CONSTRAINT model_name UNIQUE (team_id, project_id, display_name)
);

CREATE TABLE model_version (
  id         uuid        PRIMARY KEY,
  team_id    uuid        NOT NULL,
  model_id   uuid        NOT NULL REFERENCES model ON DELETE CASCADE,
  project_id uuid        NOT NULL,
  number     int         NOT NULL,
  origin     text        NOT NULL CHECK (origin IN ('initialized', 'trained')),
  run_id     uuid,
  epoch      int         NOT NULL DEFAULT 0,
  seed       int         NOT NULL,
  topology   jsonb       NOT NULL,
  weights    jsonb,
  created_at timestamptz NOT NULL,
  UNIQUE (model_id, number)
);

-- State, fault and end of a run are those of its job; epochs_done are its epochs.
CREATE TABLE run (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  display_name       text        NOT NULL,
  dataset_version_id uuid        NOT NULL,
  model_version_id   uuid        NOT NULL REFERENCES model_version,
  settings           jsonb       NOT NULL,
  job_id             uuid        NOT NULL REFERENCES job,
  engine             text        NOT NULL,
  created_at         timestamptz NOT NULL
);
CREATE INDEX run_project ON run (project_id, id DESC);
CREATE INDEX run_model_version ON run (model_version_id);

CREATE TABLE epoch (
  run_id             uuid        NOT NULL REFERENCES run ON DELETE CASCADE,
  epoch              int         NOT NULL CHECK (epoch > 0),
  team_id            uuid        NOT NULL,
  splits             jsonb       NOT NULL,
  weights            jsonb       NOT NULL,
  optimizer_state    jsonb,
  evaluation         jsonb       NOT NULL,
  model_version_id   uuid        NOT NULL,
  seconds            float8      NOT NULL,
  samples_per_second float8      NOT NULL,
  ended_at           timestamptz NOT NULL,
  PRIMARY KEY (run_id, epoch)
);

ALTER TABLE model ENABLE ROW LEVEL SECURITY;
ALTER TABLE model FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON model USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE model_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE model_version FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON model_version USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON run USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON epoch USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW model_status WITH (security_invoker = true) AS
SELECT m.*, v.id AS latest_version_id
FROM model m
CROSS JOIN LATERAL (SELECT id FROM model_version WHERE model_id = m.id ORDER BY number DESC LIMIT 1) v;

CREATE VIEW run_status WITH (security_invoker = true) AS
SELECT r.*,
       CASE j.state WHEN 'cancelling' THEN 'stopping' WHEN 'cancelled' THEN 'stopped' ELSE j.state END AS state,
       j.fault, j.ended_at, j.done AS job_done, j.total AS job_total, j.message AS job_message,
       coalesce(e.epoch, 0) AS epochs_done, to_jsonb(e) AS last_epoch
FROM run r
JOIN job_status j ON j.id = r.job_id
LEFT JOIN LATERAL (SELECT * FROM epoch WHERE run_id = r.id ORDER BY epoch DESC LIMIT 1) e ON true;
