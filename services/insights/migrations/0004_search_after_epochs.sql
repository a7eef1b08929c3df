-- What members did not choose is null.
ALTER TABLE insight_settings ALTER COLUMN search_after_runs DROP NOT NULL;
ALTER TABLE insight_settings ADD COLUMN search_after_epochs boolean;
