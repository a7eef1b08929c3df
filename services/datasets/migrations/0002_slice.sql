-- A part of a dataset version that somebody gave a name to.
CREATE TABLE slice (
  id                 uuid        PRIMARY KEY,
  team_id            uuid        NOT NULL,
  project_id         uuid        NOT NULL,
  dataset_version_id uuid        NOT NULL REFERENCES dataset_version ON DELETE CASCADE,
  display_name       text        NOT NULL,
  description        text        NOT NULL,
  filter             text        NOT NULL,
  sample_count       int         NOT NULL,
  -- One bit a row, the lowest bit first.
  bitmap             bytea       NOT NULL,
  created_by         text        NOT NULL,
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL
);
CREATE UNIQUE INDEX slice_name ON slice (dataset_version_id, display_name);
CREATE INDEX slice_version ON slice (dataset_version_id, id DESC);

ALTER TABLE slice ENABLE ROW LEVEL SECURITY;
ALTER TABLE slice FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON slice
  USING (team_id = nullif(current_setting('app.team_id', true), '')::uuid)
  WITH CHECK (team_id = nullif(current_setting('app.team_id', true), '')::uuid);

-- What lists show: all but the rows.
CREATE VIEW slice_entry WITH (security_invoker = true) AS
SELECT id, project_id, dataset_version_id, display_name, description, filter, sample_count, created_by, created_at, updated_at FROM slice;
