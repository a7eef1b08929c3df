CREATE TABLE team (
  team_id          uuid        PRIMARY KEY,
  display_name     text        NOT NULL,
  max_projects     int         NOT NULL DEFAULT 0,
  max_queued_jobs  int         NOT NULL DEFAULT 0,
  max_stored_bytes bigint      NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);

CREATE TABLE member (
  id           uuid        PRIMARY KEY,
  team_id      uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  display_name text        NOT NULL,
  email        text        NOT NULL DEFAULT '',
  role         text        NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
CREATE INDEX member_by_team ON member (team_id, id);
CREATE UNIQUE INDEX member_email ON member (team_id, lower(email)) WHERE email <> '';

CREATE TABLE api_key (
  id           uuid        PRIMARY KEY,
  team_id      uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  member_id    uuid        NOT NULL REFERENCES member ON DELETE CASCADE,
  display_name text        NOT NULL,
  role         text        NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  prefix       text        NOT NULL UNIQUE,
  hash         text        NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX api_key_by_team ON api_key (team_id, id);

-- Which team a key belongs to, for the moment in which nobody knows yet who is calling. It holds no secret.
CREATE TABLE api_key_team (
  prefix  text PRIMARY KEY REFERENCES api_key (prefix) ON DELETE CASCADE,
  team_id uuid NOT NULL
);

CREATE TABLE project (
  id           uuid        PRIMARY KEY,
  team_id      uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  display_name text        NOT NULL,
  description  text        NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  CONSTRAINT project_name UNIQUE (team_id, display_name)
);

CREATE TABLE audit_entry (
  id         uuid        PRIMARY KEY,
  team_id    uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  subject    text        NOT NULL,
  action     text        NOT NULL,
  resource   text        NOT NULL,
  details    jsonb       NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX audit_entry_by_team ON audit_entry (team_id, id);

-- A team sees its own rows, and without a team nothing is seen.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['team', 'member', 'api_key', 'api_key_team', 'project', 'audit_entry'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$CREATE POLICY team ON %I USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid)$policy$, name);
  END LOOP;
END $$;
CREATE POLICY sign_in ON api_key_team FOR SELECT USING (current_setting('app.team_id', true) = '*');
