-- MD5 of the document of the suite by which the test was judged. Results by an earlier document do not count.
ALTER TABLE test_result ADD COLUMN document_digest text NOT NULL DEFAULT '';
CREATE INDEX test_result_newest ON test_result (test_suite_id, test_name, run_create_time DESC, epoch DESC);
