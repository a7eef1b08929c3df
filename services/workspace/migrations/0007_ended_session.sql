-- Sessions of browsers that somebody has ended before their time. Of no team: one session may act for several. Ids alone, which open nothing.
CREATE TABLE ended_session (
  id       uuid        PRIMARY KEY,
  ended_at timestamptz NOT NULL
);
CREATE INDEX ended_session_time ON ended_session (ended_at);
