-- Set whose basis the vectors are made in, for a set of other data than the run's; such a set is not announced.
ALTER TABLE activation_set ADD COLUMN reference_set_id uuid;
ALTER TABLE activation_set DROP CONSTRAINT activation_set_run_id_epoch_perception_space_id_key;
CREATE UNIQUE INDEX activation_set_own ON activation_set (run_id, epoch, perception_space_id) WHERE reference_set_id IS NULL;

DROP VIEW activation_set_status;
CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
