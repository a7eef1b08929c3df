-- The output of the model that was searched; '' for a model with one output, and for what was found before outputs had
-- names, which is of the first one.
ALTER TABLE insight_search ADD COLUMN output text NOT NULL DEFAULT '';
ALTER TABLE insight_search ADD COLUMN is_first_output boolean NOT NULL DEFAULT true;
ALTER TABLE insight ADD COLUMN output text NOT NULL DEFAULT '';
ALTER TABLE insight ADD COLUMN is_first_output boolean NOT NULL DEFAULT true;
