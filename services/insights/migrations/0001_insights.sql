-- Work that searches a run for insights after an epoch. Its state is the state of its job.
CREATE TABLE insight_search (
  id          uuid        PRIMARY KEY,
  team_id     uuid        NOT NULL,
  project_id  uuid        NOT NULL,
  run_id      uuid        NOT NULL,
  epoch       int         NOT NULL,
  -- Searches of runs of one model follow each other.
  line_id     uuid        NOT NULL,
  source      jsonb       NOT NULL,
  recipe      jsonb       NOT NULL,
  created_by  text        NOT NULL,
  contents    jsonb,
  job_id      uuid        NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  ready_time  timestamptz
);
CREATE INDEX insight_search_project ON insight_search (project_id, create_time DESC, id DESC);
CREATE INDEX insight_search_line ON insight_search (line_id, ready_time DESC) WHERE ready_time IS NOT NULL;

ALTER TABLE insight_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE insight_search FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON insight_search
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

CREATE VIEW insight_search_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM insight_search s JOIN job_status j ON j.id = s.job_id;

-- A claim about some samples. Members and tables are artifacts.
CREATE TABLE insight (
  id                  uuid        PRIMARY KEY,
  team_id             uuid        NOT NULL,
  project_id          uuid        NOT NULL,
  insight_search_id   uuid        NOT NULL REFERENCES insight_search ON DELETE CASCADE,
  run_id              uuid        NOT NULL,
  epoch               int         NOT NULL,
  dataset_version_id  uuid        NOT NULL,
  kind                text        NOT NULL,
  subkind             text        NOT NULL,
  found_state         text        NOT NULL,
  state               text        NOT NULL,
  is_hint             boolean     NOT NULL GENERATED ALWAYS AS (state = 'hint') STORED,
  sentence            text        NOT NULL,
  level               int         NOT NULL,
  share               float8      NOT NULL,
  member_count        int         NOT NULL,
  q_value             float8,
  contents            jsonb       NOT NULL,
  members             jsonb       NOT NULL,
  tables              jsonb,
  -- Min-hash of the addresses of the members, 128 uint32.
  signature           bytea       NOT NULL,
  previous_insight_id uuid,
  first_run_id        uuid        NOT NULL,
  first_epoch         int         NOT NULL,
  change              text        NOT NULL,
  trend               jsonb       NOT NULL,
  outdated            boolean     NOT NULL DEFAULT false,
  note                text        NOT NULL DEFAULT '',
  issue_id            text        NOT NULL DEFAULT '',
  slice_id            text        NOT NULL DEFAULT '',
  verdict_count       int         NOT NULL DEFAULT 0,
  revision            int         NOT NULL DEFAULT 1,
  create_time         timestamptz NOT NULL DEFAULT now(),
  update_time         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX insight_project ON insight (project_id, outdated, is_hint, share DESC, id DESC);
CREATE INDEX insight_search_kind ON insight (insight_search_id, kind);
CREATE INDEX insight_run_kind ON insight (run_id, kind) WHERE NOT outdated;

ALTER TABLE insight ENABLE ROW LEVEL SECURITY;
ALTER TABLE insight FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON insight
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

-- Verdict of a person on a sample of an insight.
CREATE TABLE insight_verdict (
  insight_id  uuid        NOT NULL REFERENCES insight ON DELETE CASCADE,
  sample_row  int         NOT NULL,
  team_id     uuid        NOT NULL,
  project_id  uuid        NOT NULL,
  verdict     text        NOT NULL,
  created_by  text        NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (insight_id, sample_row)
);

ALTER TABLE insight_verdict ENABLE ROW LEVEL SECURITY;
ALTER TABLE insight_verdict FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON insight_verdict
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
