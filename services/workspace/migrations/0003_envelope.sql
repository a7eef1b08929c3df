-- Values are sealed in envelopes: each by a key of its own, which one of the operator's keys wraps. NULL: sealed by the one key itself, as it was before.
ALTER TABLE secret ADD COLUMN key_id text, ADD COLUMN wrapped_key bytea;
ALTER TABLE secret ADD CONSTRAINT secret_envelope CHECK ((key_id IS NULL) = (wrapped_key IS NULL));

-- The operator's commands go through all teams; what is in a team stays out of their sight.
CREATE POLICY operator ON team FOR SELECT USING (current_setting('app.team_id', true) = '*');
