-- The epoch whose vectors a similarity analysis compares, so that it goes with the branch of a replaced epoch.
-- Unknown for analyses of before.
ALTER TABLE similarity_analysis ADD COLUMN run_id uuid, ADD COLUMN epoch int;
