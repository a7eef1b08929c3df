import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { parseSplit, splitName } from './split.js';

/** The address of a sample, as SampleRef has it. */
export interface SampleAddress {
  readonly split: Split;
  readonly sampleId: string;
}

/** A sample in one text, as addresses carry it: `validation/5-593`. */
export const sampleKey = ({ split, sampleId }: SampleAddress): string => `${splitName(split)}/${sampleId}`;

/** The sample of such a text; undefined when it names no split or no id. */
export function sampleOfKey(key: string): SampleAddress | undefined {
  const at = key.indexOf('/');
  const split = parseSplit(key.slice(0, Math.max(0, at)));
  const sampleId = key.slice(at + 1);
  return split === Split.UNSPECIFIED || sampleId === '' ? undefined : { split, sampleId };
}

/**
 * Several samples in one text: `validation/5-593,training/4-1`; a comma or per cent sign in an id is escaped.
 */
export const sampleKeys = (samples: readonly SampleAddress[]): string =>
  samples
    .map((sample) => sampleKey(sample).replace(/[%,]/g, (sign) => (sign === ',' ? '%2C' : '%25')))
    .join(',');

/** The samples of such a text; what names none is left out. */
export const samplesOfKeys = (text: string): SampleAddress[] =>
  text
    .split(',')
    .map((key) => sampleOfKey(key.replaceAll('%2C', ',').replaceAll('%25', '%')))
    .filter((sample) => sample !== undefined);
