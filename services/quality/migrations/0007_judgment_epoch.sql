-- Epoch of the run that was chosen; 0 for the last one.
ALTER TABLE test_judgment ADD COLUMN epoch int NOT NULL DEFAULT 0;

-- The columns of a view are fixed when it is created.
DROP VIEW test_judgment_status;
CREATE VIEW test_judgment_status WITH (security_invoker = true) AS
SELECT t.*, j.state, j.fault FROM test_judgment t JOIN job_status j ON j.id = t.job_id;
