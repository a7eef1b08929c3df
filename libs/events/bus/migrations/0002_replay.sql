-- How often a delivery was asked for again after it was dead.
ALTER TABLE delivery ADD COLUMN replays int NOT NULL DEFAULT 0;
