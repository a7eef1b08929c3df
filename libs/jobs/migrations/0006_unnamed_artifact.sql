-- Objects of the store that a sweep found without a row, and since when. They go when they have been without one for the whole grace,
-- so that a backup of the database may be followed by one of the store.
CREATE TABLE unnamed_artifact (
  uri      text        PRIMARY KEY,
  seen_at  timestamptz NOT NULL DEFAULT now()
);
