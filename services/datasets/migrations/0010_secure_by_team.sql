-- The policies that every table of a team has. They said the same, except that work of the system failed here.
SELECT secure_by_team('integration');
SELECT secure_by_team('dataset_version');
SELECT secure_by_team('dataset_shard');
SELECT secure_by_team('ingestion');
SELECT secure_by_team('slice');
SELECT secure_by_team('upload');
SELECT secure_by_team('upload_chunk');
