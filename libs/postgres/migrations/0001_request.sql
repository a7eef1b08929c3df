-- Answers of commands that carried a request id, so that a retry gets the first answer (idempotent()).
CREATE TABLE request (
  team_id    uuid        NOT NULL,
  method     text        NOT NULL,
  request_id text        NOT NULL,
  digest     text        NOT NULL,
  response   jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (team_id, method, request_id)
);
ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON request
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));
