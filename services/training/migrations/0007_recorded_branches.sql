-- A client may go back to an epoch: what it records from there on is a new branch, which replaces the old one when
-- its first epoch is complete.
ALTER TABLE epoch ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE epoch ADD COLUMN branch_start int NOT NULL DEFAULT 0;
ALTER TABLE recording_writer ADD COLUMN branch int NOT NULL DEFAULT 0;

CREATE TABLE recording_branch (
  run_id      uuid    NOT NULL REFERENCES recording ON DELETE CASCADE,
  branch      int     NOT NULL,
  team_id     uuid    NOT NULL,
  first_epoch int     NOT NULL,
  -- True once its first epoch has replaced the old one.
  is_visible  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run_id, branch)
);
ALTER TABLE recording_branch ENABLE ROW LEVEL SECURITY;
ALTER TABLE recording_branch FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON recording_branch USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

ALTER TABLE recorded_part ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE recorded_epoch_end ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE recorded_epoch_end DROP CONSTRAINT recorded_epoch_end_pkey;
ALTER TABLE recorded_epoch_end ADD PRIMARY KEY (run_id, epoch, branch, writer);

-- The columns of a view are fixed when it is made; its last epoch has the new one from here on.
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
