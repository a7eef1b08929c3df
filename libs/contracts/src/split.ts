import { DomainError, type SplitName } from '@noema/kernel';
import { Split } from './gen/noema/type/v1/sample_ref_pb.js';

const SPLITS: Readonly<Record<SplitName, Split>> = {
  training: Split.TRAINING,
  validation: Split.VALIDATION,
  test: Split.TEST,
  unlabeled: Split.UNLABELED,
};

/** A split as messages carry it. */
export const splitMessage = (name: SplitName): Split => SPLITS[name];

/** The split of a message; undefined when it names none. */
export const findSplit = (split: Split | undefined): SplitName | undefined =>
  (Object.keys(SPLITS) as SplitName[]).find((name) => SPLITS[name] === split);

/** The split of a message. Throws `invalid` SPLIT_INVALID when it names none. */
export function parseSplit(split: Split): SplitName {
  const name = findSplit(split);
  if (name === undefined)
    throw new DomainError(
      'invalid',
      'SPLIT_INVALID',
      `split ${Split[split] ?? split} names no split; use training, validation, test or unlabeled`,
      { violations: [{ field: 'split', description: 'is required' }] },
    );
  return name;
}
