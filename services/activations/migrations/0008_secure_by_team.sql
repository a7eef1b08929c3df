-- The policies that every table of a team has. They said the same, except that work of the system failed here.
SELECT secure_by_team('perception_space');
SELECT secure_by_team('activation_set');
SELECT secure_by_team('activation_shard');
