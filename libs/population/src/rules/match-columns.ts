/**
 * Finds the data column of every input of a model, or of every output its ground truth: by name where the
 * data have all names, otherwise in order. Undefined when neither fits.
 */
export function matchColumns(
  wanted: readonly string[],
  columns: readonly string[],
): readonly string[] | undefined {
  if (wanted.every((name) => columns.includes(name))) return wanted;
  return wanted.length === columns.length ? columns : undefined;
}
