-- Labels of issues, sorted and without duplicates.
ALTER TABLE issue ADD COLUMN labels text[] NOT NULL DEFAULT '{}';
