-- What the bus has last confirmed of the events of a service: a bus that lost data is told by it, and gets what the outbox still holds again.
CREATE TABLE bus_mark (
  service    text   PRIMARY KEY,
  -- When the stream was made, in the words of the bus; a stream that was lost and made anew has another one.
  born       text   NOT NULL DEFAULT '',
  sequence   bigint NOT NULL DEFAULT 0,
  message_id text   NOT NULL DEFAULT ''
);

-- Messages whose handler has failed: the bus counts deliveries too, and forgets them when it loses its data.
CREATE TABLE inbox_failure (
  consumer   text        NOT NULL,
  message_id uuid        NOT NULL,
  team_id    uuid        NOT NULL,
  deliveries int         NOT NULL,
  error      text        NOT NULL,
  failed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, message_id)
);

ALTER TABLE inbox_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbox_failure FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON inbox_failure
  USING (current_setting('app.team_id', true) IN (team_id::text, '*'))
  WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'));
