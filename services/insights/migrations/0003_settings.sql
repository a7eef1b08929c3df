-- What the members of a project chose for its searches. A project without a row has the settings of the platform.
CREATE TABLE insight_settings (
  team_id           uuid    NOT NULL,
  project_id        uuid    NOT NULL,
  search_after_runs boolean NOT NULL,
  PRIMARY KEY (team_id, project_id)
);

ALTER TABLE insight_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE insight_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON insight_settings
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
