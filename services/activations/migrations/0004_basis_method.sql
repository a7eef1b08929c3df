-- How the principal components of a set were found, and how far they may be off.
ALTER TABLE activation_set ADD COLUMN basis_method text NOT NULL DEFAULT 'exact' CHECK (basis_method IN ('exact', 'randomized'));
ALTER TABLE activation_set ADD COLUMN basis_residual double precision NOT NULL DEFAULT 0;

DROP VIEW activation_set_status;
CREATE VIEW activation_set_status WITH (security_invoker = true) AS
SELECT s.*, j.state, j.fault FROM activation_set s JOIN job_status j ON j.id = s.job_id;
