-- What a request chose of how clusters and trust are measured, and how the clusters were found.
ALTER TABLE exploration
  ADD COLUMN measures   jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN clustering jsonb;

DROP VIEW exploration_view;
CREATE VIEW exploration_view WITH (security_invoker = true) AS
SELECT e.*, coalesce(s.state, 'queued') AS state, s.fault, s.ended_at FROM exploration e LEFT JOIN job_status s ON s.id = e.job_id;
