-- What a job makes in a project, and parts of it.
CREATE TABLE made (
  id         uuid PRIMARY KEY,
  team_id    uuid NOT NULL,
  project_id uuid NOT NULL,
  job_id     uuid NOT NULL REFERENCES job,
  ref        jsonb
);
ALTER TABLE made ENABLE ROW LEVEL SECURITY;
ALTER TABLE made FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON made USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

CREATE TABLE made_part (
  made_id uuid NOT NULL REFERENCES made ON DELETE CASCADE,
  team_id uuid NOT NULL
);
ALTER TABLE made_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE made_part FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON made_part USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

SELECT watch_usage('made', '1', 'artifact_bytes(ref)');
