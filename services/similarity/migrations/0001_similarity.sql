-- What this service has heard of the sets that it searches.
CREATE TABLE activation_set (
  id                  uuid        PRIMARY KEY,
  team_id             uuid        NOT NULL,
  project_id          text        NOT NULL,
  run_id              text        NOT NULL,
  epoch               int         NOT NULL,
  dataset_version_id  text        NOT NULL,
  perception_space_id text        NOT NULL,
  sample_count        int         NOT NULL,
  dimensions          int         NOT NULL,
  vectors             jsonb       NOT NULL,
  evaluation          jsonb,
  heard_at            timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vector_index (
  id                uuid        PRIMARY KEY,
  team_id           uuid        NOT NULL,
  project_id        text        NOT NULL,
  activation_set_id uuid        NOT NULL REFERENCES activation_set ON DELETE CASCADE,
  kind              text        NOT NULL,
  params            jsonb       NOT NULL,
  job_id            uuid        NOT NULL REFERENCES job,
  sample_count      int         NOT NULL,
  dimensions        int         NOT NULL,
  recall            float8      NOT NULL DEFAULT 0,
  artifact          jsonb,
  created_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (activation_set_id, kind, params)
);
CREATE INDEX vector_index_project ON vector_index (project_id, id DESC);

CREATE TABLE neighbor_graph (
  id                uuid        PRIMARY KEY,
  team_id           uuid        NOT NULL,
  project_id        text        NOT NULL,
  activation_set_id uuid        NOT NULL UNIQUE REFERENCES activation_set ON DELETE CASCADE,
  job_id            uuid        NOT NULL REFERENCES job,
  sample_count      int         NOT NULL,
  k                 int         NOT NULL,
  recall            float8      NOT NULL DEFAULT 0,
  -- Median distance of neighbours: the scale by which distances become similarities.
  median_distance   float8      NOT NULL DEFAULT 0,
  artifact          jsonb,
  created_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX neighbor_graph_project ON neighbor_graph (project_id, id DESC);

ALTER TABLE activation_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE activation_set FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON activation_set USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE vector_index ENABLE ROW LEVEL SECURITY;
ALTER TABLE vector_index FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON vector_index USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE neighbor_graph ENABLE ROW LEVEL SECURITY;
ALTER TABLE neighbor_graph FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON neighbor_graph USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

CREATE VIEW vector_index_view WITH (security_invoker = true) AS
SELECT i.*, s.state, s.fault, s.ended_at FROM vector_index i JOIN job_status s ON s.id = i.job_id;

CREATE VIEW neighbor_graph_view WITH (security_invoker = true) AS
SELECT g.*, s.state, s.fault, s.ended_at FROM neighbor_graph g JOIN job_status s ON s.id = g.job_id;
