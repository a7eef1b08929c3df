ALTER TABLE team
  ADD COLUMN max_samples             bigint NOT NULL DEFAULT 0,
  ADD COLUMN max_running_jobs        int    NOT NULL DEFAULT 0,
  ADD COLUMN max_gpu_seconds         bigint NOT NULL DEFAULT 0,
  ADD COLUMN max_requests_per_minute int    NOT NULL DEFAULT 0;

-- What each service said last that a team uses in it.
CREATE TABLE service_usage (
  team_id      uuid        NOT NULL REFERENCES team ON DELETE CASCADE,
  service      text        NOT NULL,
  samples      bigint      NOT NULL,
  stored_bytes bigint      NOT NULL,
  queued_jobs  int         NOT NULL,
  running_jobs int         NOT NULL,
  gpu_seconds  float8      NOT NULL,
  compute      jsonb       NOT NULL,
  reported_at  timestamptz NOT NULL,
  PRIMARY KEY (team_id, service)
);
ALTER TABLE service_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY team ON service_usage USING (team_id = nullif(nullif(current_setting('app.team_id', true), ''), '*')::uuid);

-- The log outlives what it tells of, also the team. Nobody changes it: the service's role has no right to, and the trigger refuses everybody else.
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_team_id_fkey;
CREATE INDEX audit_entry_subject ON audit_entry (team_id, subject, id);
CREATE INDEX audit_entry_action ON audit_entry (team_id, action, id);
CREATE INDEX audit_entry_time ON audit_entry (team_id, created_at);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the table % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
COMMENT ON TABLE audit_entry IS 'append-only';
