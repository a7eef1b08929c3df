import { InvalidArgumentError } from 'commander';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';

const SPLITS: Readonly<Record<string, Split>> = { training: Split.TRAINING, validation: Split.VALIDATION, test: Split.TEST, unlabeled: Split.UNLABELED };

export interface SampleAddress {
  readonly split: Split;
  readonly sampleId: string;
}

/** Reads `validation/42`. Throws commander's InvalidArgumentError, which ends with code 2. */
export function parseSampleAddress(text: string): SampleAddress {
  const slash = text.indexOf('/');
  const split = SPLITS[text.slice(0, slash)];
  const sampleId = text.slice(slash + 1);
  if (split === undefined || sampleId === '') throw new InvalidArgumentError(`a sample is written <split>/<id>, such as validation/42; splits: ${Object.keys(SPLITS).join(', ')}`);
  return { split, sampleId };
}

export const splitName = (split: Split | undefined): string => Object.keys(SPLITS).find((name) => SPLITS[name] === split) ?? '';

/** The address as people write it. */
export const formatSampleAddress = (ref: SampleAddress | undefined): string => (ref === undefined ? '' : `${splitName(ref.split)}/${ref.sampleId}`);
