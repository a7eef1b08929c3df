CREATE TABLE effect (
  team_id uuid NOT NULL,
  job_id  uuid NOT NULL,
  shard   int  NOT NULL,
  worker  text NOT NULL
);
ALTER TABLE effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE effect FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON effect USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
