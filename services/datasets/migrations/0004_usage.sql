-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql).
SELECT watch_usage('dataset_version', '(content ->> ''sampleCount'')::bigint', 'artifact_bytes(samples)');
SELECT watch_usage('dataset_shard', '0', 'artifact_bytes(inputs, ground_truths, visuals)');
