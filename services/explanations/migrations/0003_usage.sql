-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql).
SELECT watch_usage('analysis', '0', 'artifact_bytes(contents)');
SELECT watch_usage('similarity_analysis', '0', 'artifact_bytes(contents)');
SELECT watch_usage('selection_analysis', '0', 'artifact_bytes(contents)');
