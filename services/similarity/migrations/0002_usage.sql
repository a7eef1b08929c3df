-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql).
SELECT watch_usage('vector_index', '0', 'artifact_bytes(artifact)');
SELECT watch_usage('neighbor_graph', '0', 'artifact_bytes(artifact)');
