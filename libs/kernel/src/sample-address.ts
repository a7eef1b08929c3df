export type SplitName = 'training' | 'validation' | 'test' | 'unlabeled';

/** Address of a sample in its dataset version, independent of its row. */
export interface SampleAddress {
  readonly split: SplitName;
  readonly sampleId: string;
}
