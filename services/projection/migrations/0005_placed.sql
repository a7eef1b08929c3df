-- Other data placed in a stored map: the map, and what is known of the placed samples.
ALTER TABLE exploration
  ADD COLUMN projected_onto uuid,
  ADD COLUMN placed         jsonb;
CREATE INDEX exploration_projected ON exploration (projected_onto, id DESC);

DROP VIEW exploration_view;
CREATE VIEW exploration_view WITH (security_invoker = true) AS
SELECT e.*, coalesce(s.state, 'queued') AS state, s.fault, s.ended_at FROM exploration e LEFT JOIN job_status s ON s.id = e.job_id;
