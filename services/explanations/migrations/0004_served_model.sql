-- Models of recorded runs that processes of users compute. `stream_id` names the open stream of queries.
CREATE TABLE served_model (
  id          uuid        PRIMARY KEY,
  team_id     uuid        NOT NULL,
  project_id  uuid        NOT NULL,
  run_id      uuid        NOT NULL,
  epoch       int         NOT NULL,
  activation  text        NOT NULL,
  stream_id   uuid,
  create_time timestamptz NOT NULL DEFAULT now(),
  seen_time   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX served_model_epoch ON served_model (run_id, epoch);

-- Open queries to served models, and their results until a worker has read them. Not logged: a query that a
-- crash of the database loses is sent again.
CREATE UNLOGGED TABLE model_query (
  id          uuid        PRIMARY KEY,
  team_id     uuid        NOT NULL,
  run_id      uuid        NOT NULL,
  epoch       int         NOT NULL,
  query       bytea       NOT NULL,
  result      bytea,
  stream_id   uuid,
  create_time timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX model_query_epoch ON model_query (run_id, epoch, create_time);

ALTER TABLE served_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE served_model FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON served_model USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
ALTER TABLE model_query ENABLE ROW LEVEL SECURITY;
ALTER TABLE model_query FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON model_query USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
