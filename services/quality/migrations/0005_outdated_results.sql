-- MD5 of the document, so that lists of results do not compute it for each result.
ALTER TABLE test_suite ADD COLUMN document_digest text GENERATED ALWAYS AS (md5(document)) STORED;

-- Results, each with whether the document of its suite has changed since.
CREATE VIEW test_result_status WITH (security_invoker = true) AS
SELECT r.*, r.document_digest <> s.document_digest AS outdated
FROM test_result r JOIN test_suite s ON s.id = r.test_suite_id;
