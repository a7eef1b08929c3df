-- Long work of this service. A job has stages, a stage has shards; a shard is what one worker holds at a time.
CREATE TABLE job (
  id         uuid        PRIMARY KEY,
  team_id    uuid        NOT NULL,
  kind       text        NOT NULL,
  subject_id text        NOT NULL,
  payload    jsonb       NOT NULL,
  state      text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cancelling', 'cancelled', 'succeeded', 'failed')),
  stage      int         NOT NULL DEFAULT 0,
  result     jsonb,
  fault      jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at   timestamptz
);
CREATE INDEX job_team ON job (team_id, id DESC);
CREATE INDEX job_subject ON job (subject_id);
CREATE INDEX job_unfinished ON job (team_id) WHERE state IN ('open', 'cancelling');

CREATE TABLE shard (
  job_id       uuid        NOT NULL REFERENCES job ON DELETE CASCADE,
  stage        int         NOT NULL,
  index        int         NOT NULL,
  team_id      uuid        NOT NULL,
  kind         text        NOT NULL,
  stage_name   text        NOT NULL DEFAULT '',
  state        text        NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  attempt      int         NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL DEFAULT now(),
  lease_token  uuid,
  lease_until  timestamptz,
  worker_id    text,
  done         bigint      NOT NULL DEFAULT 0,
  total        bigint      NOT NULL DEFAULT 0,
  unit         text        NOT NULL DEFAULT '',
  message      text        NOT NULL DEFAULT '',
  result       jsonb,
  fault        jsonb,
  started_at   timestamptz,
  ended_at     timestamptz,
  PRIMARY KEY (job_id, stage, index)
);
CREATE INDEX shard_queued ON shard (team_id, job_id, stage, index) WHERE state = 'queued';
CREATE INDEX shard_leased ON shard (lease_until) WHERE state = 'running';

-- When each team was last served: the one that has waited longest is next.
CREATE TABLE team_turn (
  team_id   uuid        PRIMARY KEY,
  served_at timestamptz NOT NULL DEFAULT '-infinity'
);

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON job
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));

ALTER TABLE shard ENABLE ROW LEVEL SECURITY;
ALTER TABLE shard FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON shard
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));

ALTER TABLE team_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE team_turn FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON team_turn
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));

-- What people and other tables see of a job: resources store the job's id and derive their state from here.
CREATE VIEW job_status WITH (security_invoker = true) AS
SELECT j.id, j.team_id, j.kind, j.subject_id, j.payload, j.result, j.fault, j.created_at, j.ended_at,
       CASE WHEN j.state <> 'open' THEN j.state WHEN a.started_at IS NULL THEN 'queued' ELSE 'running' END AS state,
       a.started_at, a.attempt,
       c.stage_name, c.done, c.total, c.unit, c.message, c.queued AS shards_queued, c.running AS shards_running, c.finished AS shards_done, c.failed AS shards_failed
FROM job j
CROSS JOIN LATERAL (
  SELECT min(s.started_at) AS started_at, coalesce(max(s.attempt), 0) AS attempt FROM shard s WHERE s.job_id = j.id) a
CROSS JOIN LATERAL (
  SELECT coalesce(sum(s.done), 0)::bigint AS done,
         -- Shards that were not begun are taken to be like those that were.
         coalesce(round(avg(nullif(s.total, 0)) * count(*)), 0)::bigint AS total,
         coalesce(max(s.stage_name), '') AS stage_name,
         coalesce(max(s.unit), '') AS unit,
         coalesce((array_agg(s.message ORDER BY s.started_at DESC NULLS LAST))[1], '') AS message,
         count(*) FILTER (WHERE s.state = 'queued')::int AS queued,
         count(*) FILTER (WHERE s.state = 'running')::int AS running,
         count(*) FILTER (WHERE s.state = 'done')::int AS finished,
         count(*) FILTER (WHERE s.state = 'failed')::int AS failed
  FROM shard s WHERE s.job_id = j.id AND s.stage = j.stage) c;
