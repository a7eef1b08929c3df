-- What a job makes in a project, and parts of it.
CREATE TABLE made (
  id         uuid PRIMARY KEY,
  team_id    uuid NOT NULL,
  project_id uuid NOT NULL,
  job_id     uuid NOT NULL REFERENCES job,
  ref        jsonb
);
SELECT secure_by_team('made');

CREATE TABLE made_part (
  made_id uuid NOT NULL REFERENCES made ON DELETE CASCADE,
  team_id uuid NOT NULL
);
SELECT secure_by_team('made_part');

SELECT watch_usage('made', '1', 'artifact_bytes(ref)');
