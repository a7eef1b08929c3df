-- Counts what the rows of a team name in the store (libs/jobs, 0003_quota.sql). A trained version shares its topology with the first one, and its weights are those of its epoch.
SELECT watch_usage('model_version', '0', 'CASE WHEN origin = ''initialized'' THEN artifact_bytes(topology, weights) ELSE artifact_bytes(weights) END');
SELECT watch_usage('epoch', '0', 'artifact_bytes(optimizer_state, evaluation)');
