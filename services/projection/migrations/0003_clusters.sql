-- How clusters were found, and how many samples belong to none.
ALTER TABLE exploration
  ADD COLUMN cluster_method   text NOT NULL DEFAULT 'k-means',
  ADD COLUMN min_cluster_size int  NOT NULL DEFAULT 0,
  ADD COLUMN noise_count      int  NOT NULL DEFAULT 0;

DROP VIEW exploration_view;
CREATE VIEW exploration_view WITH (security_invoker = true) AS
SELECT e.*, coalesce(s.state, 'queued') AS state, s.fault, s.ended_at FROM exploration e LEFT JOIN job_status s ON s.id = e.job_id;
