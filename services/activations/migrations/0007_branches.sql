-- Branch of a recorded run, and its first epoch: sets of lower branches from that epoch on are obsolete.
ALTER TABLE activation_set ADD COLUMN branch int NOT NULL DEFAULT 0;
ALTER TABLE activation_set ADD COLUMN branch_start int NOT NULL DEFAULT 0;

DROP VIEW activation_set_status;
CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
