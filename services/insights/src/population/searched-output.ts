import { sql, type RawBuilder } from 'kysely';

/** An output of a model with several. */
export interface SearchedOutput {
  readonly name: string;
  readonly isFirst: boolean;
}

/** The stored name of an output. Models with one output, and searches from before outputs had names, do not name it. */
export interface StoredOutputName {
  /** Empty for the first output. */
  readonly output: string;
  readonly isFirstOutput: boolean;
}

export const storeOutput = (output: SearchedOutput | undefined): StoredOutputName => ({
  output: output?.name ?? '',
  isFirstOutput: output?.isFirst ?? true,
});

/** Whether both are of the same output. A first output without a name is the first one of each version. */
export const haveSameOutput = (a: StoredOutputName, b: StoredOutputName): boolean =>
  a.output === b.output || ((a.output === '' || b.output === '') && a.isFirstOutput && b.isFirstOutput);

/** As `haveSameOutput`, for the rows of two tables. */
export const whereSameOutput = (a: string, b: string): RawBuilder<boolean> => {
  const [nameA, nameB] = [sql.ref(`${a}.output`), sql.ref(`${b}.output`)];
  const areFirst = sql`${sql.ref(`${a}.is_first_output`)} and ${sql.ref(`${b}.is_first_output`)}`;
  return sql`(${nameA} = ${nameB} or ('' in (${nameA}, ${nameB}) and ${areFirst}))`;
};
