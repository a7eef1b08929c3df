-- Rows that no index of the set finds any more: row r is bit r % 8 of byte r / 8.
ALTER TABLE activation_set ADD COLUMN removed bytea;

ALTER TABLE vector_index
  -- Recall with settings that a search asked for: [{"params": {"ef_search": 256}, "recall": 0.998}].
  ADD COLUMN recalls           jsonb NOT NULL DEFAULT '[]',
  -- Rows that the index was built without, as in activation_set.removed.
  ADD COLUMN left_out          bytea,
  ADD COLUMN compaction_job_id uuid REFERENCES job;

DROP VIEW vector_index_view;
CREATE VIEW vector_index_view WITH (security_invoker = true) AS
SELECT i.*, s.state, s.fault, s.ended_at, c.state AS compaction_state
FROM vector_index i JOIN job_status s ON s.id = i.job_id LEFT JOIN job_status c ON c.id = i.compaction_job_id;
