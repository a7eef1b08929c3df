-- Duplicates and wasted capacity depend on no output of a model. Older searches of a further output found them again,
-- and no later search replaced them, because later searches of that output skip these kinds. They belong to no output,
-- as newer ones do, and are outdated where a search of the first output lists them. Their decisions stay.
UPDATE insight i SET output = '', is_first_output = true,
  outdated = i.outdated OR EXISTS (
    SELECT FROM insight_search u
    WHERE u.run_id = i.run_id AND u.id <> t.id AND u.epoch >= t.epoch
      AND (u.is_first_output OR u.ready_time > t.ready_time)
      AND u.contents->'outcomes' @> jsonb_build_array(jsonb_build_object('kind', i.kind, 'state', 'done')))
FROM insight_search t
WHERE t.id = i.insight_search_id AND i.kind IN ('duplicates', 'wasted-capacity') AND NOT i.is_first_output;
