-- How the neighbours of a graph were found.
ALTER TABLE neighbor_graph ADD COLUMN method text NOT NULL DEFAULT 'exact' CHECK (method IN ('exact', 'nn-descent'));

DROP VIEW neighbor_graph_view;
CREATE VIEW neighbor_graph_view WITH (security_invoker = true) AS
SELECT g.*, s.state, s.fault, s.ended_at FROM neighbor_graph g JOIN job_status s ON s.id = g.job_id;
