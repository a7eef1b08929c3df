-- Makes the view `<table>_status` of a table whose rows jobs create: its columns, and state and fault of the job. A migration that adds a column calls it again; roles that read the view go on reading it.
CREATE FUNCTION show_job_status(resource regclass) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  status text := (SELECT quote_ident(relname || '_status') FROM pg_class WHERE oid = resource);
  readers text := (SELECT string_agg(DISTINCT a.grantee::regrole::text, ', ') FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = to_regclass(status) AND a.privilege_type = 'SELECT' AND a.grantee NOT IN (0, c.relowner));
BEGIN
  IF to_regclass(status) IS NOT NULL THEN EXECUTE format('DROP VIEW %s', status); END IF;
  EXECUTE format('CREATE VIEW %s WITH (security_invoker = true) AS SELECT r.*, j.state, j.fault FROM %s r JOIN job_status j ON j.id = r.job_id', status, resource);
  IF readers IS NOT NULL THEN EXECUTE format('GRANT SELECT ON %s TO %s', status, readers); END IF;
END $$;
