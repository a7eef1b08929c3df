-- Facts of this service that the relay has still to announce, in the order of their commits as far as a sequence can tell.
CREATE TABLE outbox (
  seq          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           uuid        NOT NULL UNIQUE,
  team_id      uuid        NOT NULL,
  event        text        NOT NULL,
  subject      text        NOT NULL,
  body         jsonb       NOT NULL,
  traceparent  text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE published_at IS NULL;

-- Messages whose effect this service has committed: a second delivery finds its row and does nothing.
CREATE TABLE inbox (
  consumer    text        NOT NULL,
  message_id  uuid        NOT NULL,
  team_id     uuid        NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, message_id)
);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON outbox
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));

ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON inbox
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));
