-- Versions of models that were made of another version: a new head, or another order of classes.
ALTER TABLE model_version DROP CONSTRAINT model_version_origin_check;
ALTER TABLE model_version ADD CONSTRAINT model_version_origin_check CHECK (origin IN ('initialized', 'trained', 'imported', 'recorded', 'adapted'));
