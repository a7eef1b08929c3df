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
