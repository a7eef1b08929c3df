-- The policies that every table of a team has. They said the same, except that work of the system failed here.
SELECT secure_by_team('model');
SELECT secure_by_team('model_version');
SELECT secure_by_team('run');
SELECT secure_by_team('epoch');
SELECT secure_by_team('recording');
SELECT secure_by_team('recording_writer');
SELECT secure_by_team('recorded_part');
SELECT secure_by_team('recorded_epoch_end');
SELECT secure_by_team('recorded_shard');
SELECT secure_by_team('recording_branch');
