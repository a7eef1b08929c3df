import { Split } from '@noema/contracts/noema/type/v1/sample_ref';

const NAMES: Readonly<Record<Split, string>> = {
  [Split.UNSPECIFIED]: '',
  [Split.TRAINING]: 'training',
  [Split.VALIDATION]: 'validation',
  [Split.TEST]: 'test',
  [Split.UNLABELED]: 'unlabeled',
};

/** Splits that a sample can be in, in their order. */
export const SPLITS: readonly Split[] = [Split.TRAINING, Split.VALIDATION, Split.TEST, Split.UNLABELED];

/** A split as people and addresses write it: `training`. */
export const splitName = (split: Split): string => NAMES[split];

/** The split of such a name; `UNSPECIFIED` for any other text. */
export const parseSplit = (name: string): Split =>
  SPLITS.find((split) => NAMES[split] === name) ?? Split.UNSPECIFIED;
