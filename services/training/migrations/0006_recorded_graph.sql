-- Graphs of recorded models: parts of a file next to the records of samples, and why an epoch has none.
ALTER TABLE recorded_part ADD COLUMN kind text NOT NULL DEFAULT 'samples' CHECK (kind IN ('samples', 'graph'));
ALTER TABLE epoch ADD COLUMN graph_fault jsonb;

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
