-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql).
SELECT watch_usage('activation_set', '0', 'artifact_bytes(moments, basis, unit_statistics)');
SELECT watch_usage('activation_shard', '0', 'artifact_bytes(responses, moments, vectors)');
