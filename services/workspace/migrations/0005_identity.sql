-- Who at an identity provider is which member. A provider vouches for one person a member, so that an address which it gives to somebody else opens nothing.
CREATE TABLE identity (
  team_id    uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  member_id  uuid        NOT NULL REFERENCES member ON DELETE CASCADE,
  issuer     text        NOT NULL,
  subject    text        NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (team_id, issuer, subject),
  CONSTRAINT identity_of_member UNIQUE (member_id, issuer)
);
CREATE INDEX identity_by_subject ON identity (issuer, subject);
CREATE INDEX member_by_email ON member (lower(email)) WHERE email <> '';

ALTER TABLE identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON identity USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

-- For the moment in which a person signs in and nobody knows yet which teams are meant; people alone, no programs.
CREATE POLICY sign_in ON identity FOR SELECT USING (current_setting('app.team_id', true) = '*');
CREATE POLICY sign_in ON member FOR SELECT USING (current_setting('app.team_id', true) = '*' AND email <> '');
