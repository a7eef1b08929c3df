import { InvalidArgumentError } from 'commander';
import { findSplit, splitMessage } from '@noema/contracts';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { SPLIT_NAMES } from '@noema/integration';

export interface SampleAddress {
  readonly split: Split;
  readonly sampleId: string;
}

/** Reads `validation/42`. Throws commander's InvalidArgumentError, which ends with code 2. */
export function parseSampleAddress(text: string): SampleAddress {
  const slash = text.indexOf('/');
  const split = SPLIT_NAMES.find((name) => name === text.slice(0, slash));
  const sampleId = text.slice(slash + 1);
  if (split === undefined || sampleId === '')
    throw new InvalidArgumentError(
      `a sample is written <split>/<id>, such as validation/42; splits: ${SPLIT_NAMES.join(', ')}`,
    );
  return { split: splitMessage(split), sampleId };
}

export const splitName = (split: Split | undefined): string => findSplit(split) ?? '';

/** The address as people write it. */
export const formatSampleAddress = (ref: SampleAddress | undefined): string =>
  ref === undefined ? '' : `${splitName(ref.split)}/${ref.sampleId}`;
