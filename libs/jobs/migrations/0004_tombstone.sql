-- Teams and projects that were deleted. What is theirs here is removed in batches, and again for a while: a late event or a request on its way may still bring some.
CREATE TABLE tombstone (
  kind       text        NOT NULL CHECK (kind IN ('team', 'project')),
  id         uuid        NOT NULL,
  team_id    uuid        NOT NULL,
  deleted_at timestamptz NOT NULL,
  purged_at  timestamptz,
  PRIMARY KEY (kind, id)
);
ALTER TABLE tombstone ENABLE ROW LEVEL SECURITY;
ALTER TABLE tombstone FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON tombstone
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));
