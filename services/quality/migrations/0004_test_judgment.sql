-- Work that judges one run by one suite. Its state is the state of its job.
CREATE TABLE test_judgment (
  id            uuid        PRIMARY KEY,
  team_id       uuid        NOT NULL,
  project_id    uuid        NOT NULL,
  test_suite_id uuid        NOT NULL REFERENCES test_suite ON DELETE CASCADE,
  run_id        uuid        NOT NULL,
  created_by    text        NOT NULL,
  contents      jsonb,
  job_id        uuid        NOT NULL,
  create_time   timestamptz NOT NULL DEFAULT now(),
  ready_time    timestamptz
);
CREATE INDEX test_judgment_project ON test_judgment (project_id, create_time DESC, id DESC);
CREATE INDEX test_judgment_suite ON test_judgment (test_suite_id, create_time DESC, id DESC);
CREATE INDEX test_suite_new_versions ON test_suite (project_id) WHERE run_for_new_versions;

ALTER TABLE test_judgment ENABLE ROW LEVEL SECURITY;
ALTER TABLE test_judgment FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON test_judgment
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

CREATE VIEW test_judgment_status WITH (security_invoker = true) AS
SELECT t.*, j.state, j.fault FROM test_judgment t JOIN job_status j ON j.id = t.job_id;
