-- Branch of a recorded run, and its first epoch: graphs of lower branches from that epoch on are obsolete.
ALTER TABLE neighbor_graph ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE neighbor_graph ADD COLUMN branch_start int NOT NULL DEFAULT 0;
CREATE INDEX neighbor_graph_run ON neighbor_graph (run_id, epoch);
