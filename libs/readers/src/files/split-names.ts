import type { SplitName } from '@noema/integration';

const NAMES: Readonly<Record<SplitName, RegExp>> = {
  training: /^(?:train|training|trn|tr)$/i,
  validation: /^(?:val|valid|validation|dev|eval)$/i,
  test: /^(?:test|testing|tst|holdout)$/i,
  unlabeled: /^(?:unlabell?ed|unsupervised|predict)$/i,
};

/** The split that a folder, a file or a value is named after; `undefined` for any other name. */
export function splitNamed(name: string): SplitName | undefined {
  const found = Object.entries(NAMES).find(([, form]) => form.test(name.trim()));
  return found?.[0] as SplitName | undefined;
}

/** Name of a file without its folders and its extension. */
export const findStem = (path: string): string =>
  path
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');

/**
 * The split that a file or its folder is named after: `train.csv`, `train-00000-of-00002.parquet`,
 * `reviews_test.csv`.
 */
export function findSplit(path: string): string | undefined {
  const names = [...findStem(path).split(/[-_.]/), ...path.split('/').slice(0, -1).reverse()];
  return names.find((name) => splitNamed(name) !== undefined);
}
