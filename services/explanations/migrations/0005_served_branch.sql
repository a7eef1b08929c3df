-- The branch of the epoch that a served model has reproduced, so that a replaced one is no longer asked.
ALTER TABLE served_model ADD COLUMN branch int NOT NULL DEFAULT 0;
