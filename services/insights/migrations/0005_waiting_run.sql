-- Runs that have succeeded and wait for the vectors of their last epoch. No event reports that vectors have failed, so
-- the service looks at these runs until it can search them. The sweep sees the runs of all teams.
CREATE TABLE waiting_run (
  team_id     uuid        NOT NULL,
  project_id  uuid        NOT NULL,
  run_id      uuid        NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  look_time   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team_id, run_id)
);
CREATE INDEX waiting_run_look ON waiting_run (look_time);

ALTER TABLE waiting_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE waiting_run FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON waiting_run
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));
