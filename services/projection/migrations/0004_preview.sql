-- The layout so far of a map that is being made.
ALTER TABLE exploration ADD COLUMN preview jsonb;

DROP VIEW exploration_view;
CREATE VIEW exploration_view WITH (security_invoker = true) AS
SELECT e.*, coalesce(s.state, 'queued') AS state, s.fault, s.ended_at FROM exploration e LEFT JOIN job_status s ON s.id = e.job_id;
