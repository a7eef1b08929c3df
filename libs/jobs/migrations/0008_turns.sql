-- Jobs that take turns with the team's others: a worker takes the shard with the lowest turn. All turns of a job that does not are 0, so such jobs end in the order in which they came.
ALTER TABLE job ADD COLUMN takes_turns boolean NOT NULL DEFAULT false;
ALTER TABLE shard ADD COLUMN turn bigint NOT NULL DEFAULT 0;
DROP INDEX shard_queued;
CREATE INDEX shard_queued ON shard (team_id, turn, job_id, stage, index) WHERE state = 'queued';
