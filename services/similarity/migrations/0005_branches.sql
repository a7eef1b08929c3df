-- Branch of a recorded run, and its first epoch: sets of lower branches from that epoch on are obsolete.
ALTER TABLE activation_set ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE activation_set ADD COLUMN branch_start int NOT NULL DEFAULT 0;
CREATE INDEX activation_set_run ON activation_set (run_id, epoch);
