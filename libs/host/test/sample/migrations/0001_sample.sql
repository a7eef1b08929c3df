CREATE TABLE effect (
  job_id  uuid NOT NULL,
  index   int  NOT NULL,
  team_id uuid NOT NULL
);
SELECT secure_by_team('effect');
