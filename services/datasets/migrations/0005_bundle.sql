-- Code that was uploaded, and what the code of an integration declares before any of it runs. A bundle has no path: its module_path is empty.
ALTER TABLE integration
  ADD COLUMN bundle  jsonb,
  ADD COLUMN hosts   jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN secrets jsonb NOT NULL DEFAULT '[]';
SELECT watch_usage('integration', '0', 'artifact_bytes(bundle)');
