-- Named tests of a project as a YAML document.
CREATE TABLE test_suite (
  id                   uuid        PRIMARY KEY,
  team_id              uuid        NOT NULL,
  project_id           uuid        NOT NULL,
  display_name         text        NOT NULL,
  document             text        NOT NULL,
  -- Names of the tests, in the order of the document.
  test_names           text[]      NOT NULL,
  run_for_new_versions boolean     NOT NULL,
  baseline_rule        text        NOT NULL,
  baseline_run_id      uuid,
  draft                boolean     NOT NULL,
  created_by           text        NOT NULL,
  revision             int         NOT NULL DEFAULT 1,
  create_time          timestamptz NOT NULL DEFAULT now(),
  update_time          timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX test_suite_name ON test_suite (project_id, display_name);
CREATE INDEX test_suite_project ON test_suite (project_id, id DESC);

-- Result of one test for one epoch of a run. Judging the epoch again replaces its content.
CREATE TABLE test_result (
  id               uuid        PRIMARY KEY,
  team_id          uuid        NOT NULL,
  project_id       uuid        NOT NULL,
  test_suite_id    uuid        NOT NULL REFERENCES test_suite ON DELETE CASCADE,
  test_name        text        NOT NULL,
  run_id           uuid        NOT NULL,
  run_create_time  timestamptz NOT NULL,
  epoch            int         NOT NULL,
  model_version_id text        NOT NULL,
  baseline_run_id  text        NOT NULL,
  status           text        NOT NULL,
  value            float8,
  previous         float8,
  low              float8,
  high             float8,
  n                bigint      NOT NULL,
  "limit"          float8,
  deciding_n       bigint      NOT NULL,
  reason           text        NOT NULL,
  created_by       text        NOT NULL,
  create_time      timestamptz NOT NULL
);
CREATE UNIQUE INDEX test_result_test ON test_result (test_suite_id, test_name, run_id, epoch);
CREATE INDEX test_result_project ON test_result (project_id, id DESC);
CREATE INDEX test_result_run ON test_result (run_id, id DESC);

-- A problem of a model or of its data. At most one of samples, slice_id and test_result_id is set.
CREATE TABLE issue (
  id              uuid        PRIMARY KEY,
  team_id         uuid        NOT NULL,
  project_id      uuid        NOT NULL,
  display_name    text        NOT NULL,
  text            text        NOT NULL,
  state           text        NOT NULL,
  assignee_id     text        NOT NULL,
  samples         jsonb,
  slice_id        uuid,
  test_result_id  uuid REFERENCES test_result ON DELETE SET NULL,
  closing_suite_id uuid REFERENCES test_suite ON DELETE SET NULL,
  closing_test    text        NOT NULL,
  -- A run that was created later is a newer version.
  version_time    timestamptz NOT NULL,
  draft           boolean     NOT NULL,
  created_by      text        NOT NULL,
  revision        int         NOT NULL DEFAULT 1,
  create_time     timestamptz NOT NULL DEFAULT now(),
  update_time     timestamptz NOT NULL DEFAULT now(),
  close_time      timestamptz
);
CREATE INDEX issue_project ON issue (project_id, id DESC);
CREATE INDEX issue_test_result ON issue (test_result_id);
CREATE INDEX issue_closing ON issue (closing_suite_id) WHERE state = 'open';

CREATE TABLE issue_comment (
  id                   uuid        PRIMARY KEY,
  team_id              uuid        NOT NULL,
  project_id           uuid        NOT NULL,
  issue_id             uuid        NOT NULL REFERENCES issue ON DELETE CASCADE,
  kind                 text        NOT NULL,
  text                 text        NOT NULL,
  mentioned_member_ids text[]      NOT NULL,
  link                 text        NOT NULL,
  test_result_id       text        NOT NULL,
  created_by           text        NOT NULL,
  create_time          timestamptz NOT NULL DEFAULT now(),
  update_time          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX issue_comment_issue ON issue_comment (issue_id, id);

ALTER TABLE test_suite ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_suite FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON test_suite
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
ALTER TABLE test_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_result FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON test_result
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
ALTER TABLE issue ENABLE ROW LEVEL SECURITY;
ALTER TABLE issue FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON issue
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
ALTER TABLE issue_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE issue_comment FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON issue_comment
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
