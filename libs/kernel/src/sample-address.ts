export type SplitName = 'training' | 'validation' | 'test' | 'unlabeled';

/** Where a sample is found in its dataset version, whatever its row. */
export interface SampleAddress {
  readonly split: SplitName;
  readonly sampleId: string;
}
