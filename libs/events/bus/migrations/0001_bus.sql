-- The bus of installations without a broker: every service publishes here and takes its deliveries from here.
CREATE TABLE message (
  seq          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           uuid        NOT NULL UNIQUE,
  team_id      uuid        NOT NULL,
  event        text        NOT NULL,
  subject      text        NOT NULL,
  body         jsonb       NOT NULL,
  traceparent  text,
  time         timestamptz NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX message_event ON message (event, seq);

CREATE TABLE consumer (
  name           text PRIMARY KEY,
  event          text NOT NULL,
  registered_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consumer_event ON consumer (event);

CREATE TABLE delivery (
  consumer   text        NOT NULL REFERENCES consumer ON DELETE CASCADE,
  seq        bigint      NOT NULL REFERENCES message ON DELETE CASCADE,
  state      text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
  attempt    int         NOT NULL DEFAULT 0,
  visible_at timestamptz NOT NULL DEFAULT now(),
  token      uuid,
  error      text,
  PRIMARY KEY (consumer, seq)
);
CREATE INDEX delivery_pending ON delivery (consumer, seq) WHERE state = 'pending';

-- Only relays and consumers come here, for all teams.
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message FORCE ROW LEVEL SECURITY;
CREATE POLICY infrastructure ON message
  USING (current_setting('app.team_id', true) = '*')
  WITH CHECK (current_setting('app.team_id', true) = '*');
