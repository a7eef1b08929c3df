CREATE TABLE thing (
  id      uuid PRIMARY KEY,
  team_id uuid NOT NULL,
  samples int  NOT NULL,
  ref     jsonb,
  more    jsonb
);
SELECT secure_by_team('thing');

-- Made of two things, so that cascades have something to delete.
CREATE TABLE part (
  thing_id uuid  NOT NULL REFERENCES thing ON DELETE CASCADE,
  team_id  uuid  NOT NULL,
  ref      jsonb NOT NULL
);
SELECT secure_by_team('part');

INSERT INTO thing VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-0000000000aa', 7, '{"sha256": "x", "sizeBytes": 70}', NULL);
SELECT watch_usage('thing', 'samples', 'artifact_bytes(ref, more)');
SELECT watch_usage('part', '0', 'artifact_bytes(ref)');
