/** Columns of one of several outputs: the name of the output, and the column. */
const OF_OUTPUT = /^outputs\.(.*)\.([a-z_]+)$/s;

/** The column of one of several outputs. */
export const outputColumn = (output: string, column: string): string => `outputs.${output}.${column}`;

/** Output and column of the name of a column of one of several outputs; undefined for other columns. */
export function parseOutputColumn(
  name: string,
): { readonly output: string; readonly column: string } | undefined {
  const [, output, column] = OF_OUTPUT.exec(name) ?? [];
  return output === undefined || column === undefined ? undefined : { output, column };
}

/** The name that a column of an output has for a model with one output. */
export const plainColumn = (name: string): string => parseOutputColumn(name)?.column ?? name;
