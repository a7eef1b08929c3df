-- What this service has heard of the neighbour graphs that maps are made from.
CREATE TABLE neighbor_graph (
  id                  uuid        PRIMARY KEY,
  team_id             uuid        NOT NULL,
  project_id          text        NOT NULL,
  activation_set_id   uuid        NOT NULL UNIQUE,
  run_id              text        NOT NULL,
  epoch               int         NOT NULL,
  dataset_version_id  text        NOT NULL,
  perception_space_id text        NOT NULL,
  sample_count        int         NOT NULL,
  k                   int         NOT NULL,
  artifact            jsonb       NOT NULL,
  vectors             jsonb       NOT NULL,
  evaluation          jsonb,
  heard_at            timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE exploration (
  id                  uuid        PRIMARY KEY,
  team_id             uuid        NOT NULL,
  project_id          text        NOT NULL,
  neighbor_graph_id   uuid        NOT NULL REFERENCES neighbor_graph ON DELETE CASCADE,
  activation_set_id   uuid        NOT NULL,
  run_id              text        NOT NULL,
  epoch               int         NOT NULL,
  dataset_version_id  text        NOT NULL,
  perception_space_id text        NOT NULL,
  algorithm           text        NOT NULL,
  params              jsonb       NOT NULL,
  dimensions          int         NOT NULL CHECK (dimensions IN (2, 3)),
  -- Absent until the job has asked for the run's.
  seed                int,
  aligned_to          uuid,
  automatic           boolean     NOT NULL,
  cluster_count       int         NOT NULL,
  -- Absent while the map waits for the one of the epoch before.
  job_id              uuid        REFERENCES job,
  point_count         int         NOT NULL,
  trust               jsonb,
  clusters            jsonb       NOT NULL DEFAULT '[]',
  class_neighbors     jsonb       NOT NULL DEFAULT '[]',
  class_names         jsonb       NOT NULL DEFAULT '[]',
  mean_movement       float8      NOT NULL DEFAULT 0,
  points              jsonb,
  seconds             float8      NOT NULL DEFAULT 0,
  created_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exploration_project ON exploration (project_id, id DESC);
CREATE INDEX exploration_job ON exploration (job_id);
-- One map after every epoch, however often its graph is announced.
CREATE UNIQUE INDEX exploration_automatic ON exploration (run_id, perception_space_id, epoch) WHERE automatic;

ALTER TABLE neighbor_graph ENABLE ROW LEVEL SECURITY;
ALTER TABLE neighbor_graph FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON neighbor_graph USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE exploration ENABLE ROW LEVEL SECURITY;
ALTER TABLE exploration FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON exploration USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW exploration_view WITH (security_invoker = true) AS
SELECT e.*, coalesce(s.state, 'queued') AS state, s.fault, s.ended_at FROM exploration e LEFT JOIN job_status s ON s.id = e.job_id;
