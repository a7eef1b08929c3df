-- Charts of a project as a YAML document.
CREATE TABLE dashboard (
  id           uuid        PRIMARY KEY,
  team_id      uuid        NOT NULL,
  project_id   uuid        NOT NULL,
  display_name text        NOT NULL,
  document     text        NOT NULL,
  draft        boolean     NOT NULL,
  created_by   text        NOT NULL,
  revision     int         NOT NULL DEFAULT 1,
  create_time  timestamptz NOT NULL DEFAULT now(),
  update_time  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX dashboard_name ON dashboard (project_id, display_name);
CREATE INDEX dashboard_project ON dashboard (project_id, id DESC);

ALTER TABLE dashboard ENABLE ROW LEVEL SECURITY;
ALTER TABLE dashboard FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON dashboard
  USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);
