-- The policies that every table of a team has. They said the same, except that work of the system failed here.
SELECT secure_by_team('analysis');
SELECT secure_by_team('similarity_analysis');
SELECT secure_by_team('selection_analysis');
SELECT secure_by_team('sanity_check');
SELECT secure_by_team('served_model');
SELECT secure_by_team('model_query');
