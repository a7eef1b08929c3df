-- The policies that every table of a team has. They said the same, except that work of the system failed here.
SELECT secure_by_team('neighbor_graph');
SELECT secure_by_team('exploration');
