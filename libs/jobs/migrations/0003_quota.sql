-- What each team has in this schema. Triggers on the tables that name artifacts keep it (`watch_usage`), so that no code and no cascade can forget to count.
CREATE TABLE team_usage (
  team_id      uuid   PRIMARY KEY,
  samples      bigint NOT NULL DEFAULT 0,
  stored_bytes bigint NOT NULL DEFAULT 0,
  -- Rises with every change, so that what was reported can be told from what was not.
  version      bigint NOT NULL DEFAULT 1
);

-- What each team may have, and what it had in the other services when the workspace service was last asked. 0 is no limit. It stays in force while that service is away.
CREATE TABLE team_quota (
  team_id                uuid        PRIMARY KEY,
  max_queued_jobs        int         NOT NULL DEFAULT 0,
  max_running_jobs       int         NOT NULL DEFAULT 0,
  max_samples            bigint      NOT NULL DEFAULT 0,
  max_stored_bytes       bigint      NOT NULL DEFAULT 0,
  max_gpu_seconds        bigint      NOT NULL DEFAULT 0,
  elsewhere_running_jobs int         NOT NULL DEFAULT 0,
  elsewhere_samples      bigint      NOT NULL DEFAULT 0,
  elsewhere_stored_bytes bigint      NOT NULL DEFAULT 0,
  elsewhere_gpu_seconds  float8      NOT NULL DEFAULT 0,
  reported_version       bigint      NOT NULL DEFAULT 0,
  asked_at               timestamptz NOT NULL DEFAULT '-infinity'
);

-- How long attempts at shards took, whatever came of them.
CREATE TABLE compute_time (
  team_id uuid   NOT NULL,
  day     date   NOT NULL,
  device  text   NOT NULL,
  seconds float8 NOT NULL,
  PRIMARY KEY (team_id, day, device)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['team_usage', 'team_quota', 'compute_time'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$CREATE POLICY team ON %I USING (current_setting('app.team_id', true) IN (team_id::text, '*')) WITH CHECK (current_setting('app.team_id', true) IN (team_id::text, '*'))$policy$, name);
  END LOOP;
END $$;

-- What the worker of the last attempt computed on.
ALTER TABLE shard ADD COLUMN device text NOT NULL DEFAULT 'cpu';
CREATE INDEX shard_running ON shard (team_id, job_id) WHERE state = 'running';

-- GPU seconds of a team here within 30 days, those of running attempts included.
CREATE FUNCTION gpu_seconds(team uuid) RETURNS float8 LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce((SELECT sum(seconds) FROM compute_time WHERE team_id = team AND device <> 'cpu' AND day > (now() AT TIME ZONE 'UTC')::date - 30), 0)
       + coalesce((SELECT sum(extract(epoch FROM now() - attempt_started_at)) FROM shard WHERE team_id = team AND state = 'running' AND device <> 'cpu'), 0)::float8
$$;

-- Bytes of all artifacts that are named anywhere in the given values. Strict: the lax way sees what is in arrays twice.
CREATE FUNCTION artifact_bytes(VARIADIC refs jsonb[]) RETURNS bigint LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce(sum((found ->> 'sizeBytes')::bigint), 0)::bigint FROM unnest(refs) ref, jsonb_path_query(ref, 'strict $.** ? (exists(@.sha256))') found
$$;

CREATE FUNCTION refuse_above_quota(quota text, most bigint, used bigint, more bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'NQ001',
    MESSAGE = format('the team may have %s %s, has %s and would have %s more; delete some, or have the quota raised', most, replace(quota, '_', ' '), used, more),
    DETAIL = json_build_object('quota', quota, 'limit', most::text, 'used', used::text, 'left', greatest(0, most - used)::text);
END $$;

-- Adds to what a team has. Two at the same time wait for each other, so that both cannot take what is left for one.
CREATE FUNCTION add_usage(team uuid, more_samples bigint, more_bytes bigint) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  usage team_usage;
  allowed team_quota;
BEGIN
  IF more_samples = 0 AND more_bytes = 0 THEN RETURN; END IF;
  INSERT INTO team_usage AS u (team_id, samples, stored_bytes) VALUES (team, more_samples, more_bytes)
  ON CONFLICT (team_id) DO UPDATE SET samples = u.samples + excluded.samples, stored_bytes = u.stored_bytes + excluded.stored_bytes, version = u.version + 1
  RETURNING * INTO usage;
  SELECT * INTO allowed FROM team_quota WHERE team_id = team;
  IF more_samples > 0 AND allowed.max_samples > 0 AND usage.samples + allowed.elsewhere_samples > allowed.max_samples THEN
    PERFORM refuse_above_quota('samples', allowed.max_samples, usage.samples + allowed.elsewhere_samples - more_samples, more_samples);
  END IF;
  IF more_bytes > 0 AND allowed.max_stored_bytes > 0 AND usage.stored_bytes + allowed.elsewhere_stored_bytes > allowed.max_stored_bytes THEN
    PERFORM refuse_above_quota('stored_bytes', allowed.max_stored_bytes, usage.stored_bytes + allowed.elsewhere_stored_bytes - more_bytes, more_bytes);
  END IF;
END $$;

-- Once a statement and team, not once a row.
CREATE FUNCTION count_usage() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  sums text := format('SELECT team_id, sum(%s)::bigint AS samples, sum(%s)::bigint AS bytes FROM %%s GROUP BY team_id', TG_ARGV[0], TG_ARGV[1]);
  delta text := CASE TG_OP
    WHEN 'INSERT' THEN format(sums, 'added')
    WHEN 'DELETE' THEN format('SELECT team_id, -samples AS samples, -bytes AS bytes FROM (%s) r', format(sums, 'removed'))
    ELSE format('SELECT team_id, coalesce(a.samples, 0) - coalesce(r.samples, 0) AS samples, coalesce(a.bytes, 0) - coalesce(r.bytes, 0) AS bytes FROM (%s) a FULL JOIN (%s) r USING (team_id)', format(sums, 'added'), format(sums, 'removed'))
  END;
BEGIN
  EXECUTE format('SELECT add_usage(team_id, samples, bytes) FROM (%s) d ORDER BY team_id', delta);
  RETURN NULL;
END $$;

-- Counts the rows of a table from now on, and those that it has: two SQL expressions over a row say how many samples and how many bytes it stands for.
CREATE FUNCTION watch_usage(watched regclass, samples text, bytes text) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER usage_added AFTER INSERT ON %s REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_usage(%L, %L)', watched, samples, bytes);
  EXECUTE format('CREATE TRIGGER usage_removed AFTER DELETE ON %s REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_usage(%L, %L)', watched, samples, bytes);
  EXECUTE format('CREATE TRIGGER usage_changed AFTER UPDATE ON %s REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_usage(%L, %L)', watched, samples, bytes);
  -- Row-level security shows no team's rows to the owner of the table either.
  EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', watched);
  PERFORM set_config('app.team_id', '*', true);
  EXECUTE format('SELECT add_usage(team_id, sum(%s)::bigint, sum(%s)::bigint) FROM %s GROUP BY team_id', samples, bytes, watched);
  PERFORM set_config('app.team_id', '', true);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', watched);
END $$;

-- A job that came, or whose state changed, is news for whoever adds up what the team uses.
CREATE FUNCTION note_job() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO team_usage AS u (team_id) VALUES (NEW.team_id) ON CONFLICT (team_id) DO UPDATE SET version = u.version + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER usage_noted AFTER INSERT OR UPDATE OF state ON job FOR EACH ROW EXECUTE FUNCTION note_job();
