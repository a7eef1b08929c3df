-- Failed attempts since the shard last committed progress, by what they failed of: each class has a limit of its own.
ALTER TABLE shard
  ADD COLUMN outages int NOT NULL DEFAULT 0,
  ADD COLUMN losses  int NOT NULL DEFAULT 0,
  ADD COLUMN errors  int NOT NULL DEFAULT 0,
  -- When the shard last committed progress before its end; null while it has not.
  ADD COLUMN progressed_at timestamptz;
