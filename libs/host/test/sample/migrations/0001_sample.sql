CREATE TABLE effect (
  job_id  uuid NOT NULL,
  index   int  NOT NULL,
  team_id uuid NOT NULL
);
ALTER TABLE effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE effect FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON effect USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
