-- An integration whose samples are the objects of a run has no code.
ALTER TABLE integration ADD COLUMN objects jsonb;
