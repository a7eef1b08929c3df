-- Trainings outside of the platform, of which clients record what their model says of every sample.
ALTER TABLE model_version DROP CONSTRAINT model_version_origin_check;
ALTER TABLE model_version ADD CONSTRAINT model_version_origin_check CHECK (origin IN ('initialized', 'trained', 'imported', 'recorded'));

CREATE TABLE recording (
  run_id      uuid  PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  team_id     uuid  NOT NULL,
  writers     int   NOT NULL,
  layers      jsonb NOT NULL,
  output_dims jsonb NOT NULL
);

-- How far each writer is. A row is locked while a record of its writer is stored.
CREATE TABLE recording_writer (
  run_id       uuid    NOT NULL REFERENCES recording ON DELETE CASCADE,
  writer       int     NOT NULL,
  team_id      uuid    NOT NULL,
  sequence     bigint  NOT NULL DEFAULT 0,
  epochs_ended int     NOT NULL DEFAULT 0,
  ended        boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run_id, writer)
);

-- Records of samples, until their epoch is complete.
CREATE TABLE recorded_part (
  run_id        uuid    NOT NULL REFERENCES recording ON DELETE CASCADE,
  writer        int     NOT NULL,
  sequence      bigint  NOT NULL,
  team_id       uuid    NOT NULL,
  epoch         int     NOT NULL,
  rows          int     NOT NULL,
  training_mode boolean NOT NULL,
  content       jsonb   NOT NULL,
  PRIMARY KEY (run_id, writer, sequence)
);
CREATE INDEX recorded_part_epoch ON recorded_part (run_id, epoch);

CREATE TABLE recorded_epoch_end (
  run_id  uuid  NOT NULL REFERENCES recording ON DELETE CASCADE,
  epoch   int   NOT NULL,
  writer  int   NOT NULL,
  team_id uuid  NOT NULL,
  facts   jsonb NOT NULL,
  PRIMARY KEY (run_id, epoch, writer)
);

-- The responses of complete epochs, a file a shard of the dataset version.
CREATE TABLE recorded_shard (
  run_id  uuid  NOT NULL,
  epoch   int   NOT NULL,
  index   int   NOT NULL,
  team_id uuid  NOT NULL,
  content jsonb NOT NULL,
  PRIMARY KEY (run_id, epoch, index),
  FOREIGN KEY (run_id, epoch) REFERENCES epoch ON DELETE CASCADE
);

ALTER TABLE epoch
  ADD COLUMN recorded_responses jsonb,
  ADD COLUMN partial_reason     text NOT NULL DEFAULT '';

ALTER TABLE recording ENABLE ROW LEVEL SECURITY;
ALTER TABLE recording FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recording USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE recording_writer ENABLE ROW LEVEL SECURITY;
ALTER TABLE recording_writer FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recording_writer USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE recorded_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE recorded_part FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recorded_part USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE recorded_epoch_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE recorded_epoch_end FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recorded_epoch_end USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE recorded_shard ENABLE ROW LEVEL SECURITY;
ALTER TABLE recorded_shard FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recorded_shard USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

SELECT watch_usage('recorded_part', '0', 'artifact_bytes(content)');
SELECT watch_usage('recorded_shard', '0', 'artifact_bytes(content)');

-- A recorded run waits for its client, not for a worker.
CREATE OR REPLACE VIEW run_status WITH (security_invoker = true) AS
SELECT r.*,
       CASE j.state WHEN 'cancelling' THEN 'stopping' WHEN 'cancelled' THEN 'stopped'
         WHEN 'queued' THEN CASE r.settings ->> 'kind' WHEN 'recorded' THEN 'running' ELSE 'queued' END
         ELSE j.state END AS state,
       j.fault, j.ended_at, j.done AS job_done, j.total AS job_total, j.message AS job_message,
       coalesce(e.epoch, 0) AS epochs_done, to_jsonb(e) AS last_epoch
FROM run r
JOIN job_status j ON j.id = r.job_id
LEFT JOIN LATERAL (SELECT * FROM epoch WHERE run_id = r.id ORDER BY epoch DESC LIMIT 1) e ON true;
