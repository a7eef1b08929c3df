-- Names of the layers that are followed; none for all learned ones.
ALTER TABLE activation_set ADD COLUMN followed jsonb NOT NULL DEFAULT '[]';

DROP VIEW activation_set_status;
CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
