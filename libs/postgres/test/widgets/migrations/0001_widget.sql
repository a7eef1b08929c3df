CREATE TABLE widget (
  id      uuid PRIMARY KEY,
  team_id uuid NOT NULL,
  name    text NOT NULL,
  count   int  NOT NULL DEFAULT 0
);
ALTER TABLE widget ENABLE ROW LEVEL SECURITY;
ALTER TABLE widget FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON widget USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid);
