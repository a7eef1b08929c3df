-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql).
SELECT watch_usage('exploration', '0', 'artifact_bytes(points)');
