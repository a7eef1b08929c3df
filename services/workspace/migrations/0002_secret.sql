-- Credentials for raw data. The value is sealed with a key that the database does not have.
CREATE TABLE secret (
  id         uuid        PRIMARY KEY,
  team_id    uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  name       text        NOT NULL,
  sealed     bytea       NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT secret_name UNIQUE (team_id, name)
);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE secret FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON secret USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
