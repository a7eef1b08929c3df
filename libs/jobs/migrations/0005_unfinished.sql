-- Whether a stage is done is asked each time that one of its shards is: it must not cost more the more shards there are.
CREATE INDEX shard_unfinished ON shard (job_id, stage) WHERE state <> 'done';

-- Rows change a few times and are read by their state: clean up early, and keep versions of a row on its page.
ALTER TABLE shard SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05, fillfactor = 80);
