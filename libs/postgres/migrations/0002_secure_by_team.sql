-- Shows the rows of a table to their team alone, for every role. In a table of infrastructure, the work of the system (app.team_id = '*') has the rows of all teams; in any other table it has none. May be repeated.
CREATE FUNCTION secure_by_team(secured regclass, infrastructure boolean DEFAULT false) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', secured);
  IF EXISTS (SELECT FROM pg_policy WHERE polrelid = secured AND polname = 'team') THEN
    EXECUTE format('DROP POLICY team ON %s', secured);
  END IF;
  EXECUTE format('CREATE POLICY team ON %s USING (%s)', secured, CASE
    WHEN infrastructure THEN 'current_setting(''app.team_id'', true) IN (team_id::text, ''*'')'
    ELSE 'team_id = nullif(nullif(current_setting(''app.team_id'', true), ''''), ''*'')::uuid'
  END);
END $$;
