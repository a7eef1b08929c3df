-- Responses that a client recorded; such an epoch has no model.
ALTER TABLE activation_set ADD COLUMN recorded jsonb;
ALTER TABLE activation_set ALTER COLUMN topology DROP NOT NULL;
ALTER TABLE activation_set ALTER COLUMN weights DROP NOT NULL;
ALTER TABLE activation_set ADD CONSTRAINT activation_set_source CHECK (recorded IS NOT NULL OR (topology IS NOT NULL AND weights IS NOT NULL));

DROP VIEW activation_set_status;
CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
