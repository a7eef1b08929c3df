CREATE TABLE effect (
  team_id uuid NOT NULL,
  job_id  uuid NOT NULL,
  shard   int  NOT NULL,
  worker  text NOT NULL
);
SELECT secure_by_team('effect');
