CREATE TABLE widget (
  id      uuid PRIMARY KEY,
  team_id uuid NOT NULL,
  name    text NOT NULL,
  count   int  NOT NULL DEFAULT 0
);
SELECT secure_by_team('widget');
