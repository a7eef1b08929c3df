-- What happened to a job, written in the transactions in which it happened. Only the newest 1,000 entries of a job stay.
CREATE TABLE job_log_entry (
  id         bigint      GENERATED ALWAYS AS IDENTITY,
  job_id     uuid        NOT NULL REFERENCES job ON DELETE CASCADE,
  team_id    uuid        NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  level      text        NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  message    text        NOT NULL,
  stage      int         NOT NULL DEFAULT -1,
  stage_name text        NOT NULL DEFAULT '',
  shard      int         NOT NULL DEFAULT -1,
  attempt    int         NOT NULL DEFAULT 0,
  worker_id  text        NOT NULL DEFAULT '',
  fault      jsonb,
  -- True when a stage begins: two workers may see at once that nobody has begun it.
  begins     boolean,
  PRIMARY KEY (job_id, id)
);
CREATE UNIQUE INDEX job_log_entry_begins ON job_log_entry (job_id, stage) WHERE begins;

ALTER TABLE job_log_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_log_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON job_log_entry
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));

-- `started_at` is when the first attempt began; this is when the last one did.
ALTER TABLE shard ADD COLUMN attempt_started_at timestamptz;
