import type { SampleAddress, SplitName } from '@noema/kernel';

/** The address of every row of a sample table, and the row of every address. */
export class SampleIndex {
  private readonly rows: ReadonlyMap<string, number>;

  constructor(
    readonly splits: readonly SplitName[],
    readonly sampleIds: readonly string[],
  ) {
    this.rows = new Map(
      sampleIds.map((sampleId, row) => [sampleKey({ split: splits[row]!, sampleId }), row]),
    );
  }

  get size(): number {
    return this.sampleIds.length;
  }

  getAddress(row: number): SampleAddress {
    return { split: this.splits[row]!, sampleId: this.sampleIds[row]! };
  }

  /** The row of a sample; undefined when the table does not have it. */
  findRow(sample: SampleAddress): number | undefined {
    return this.rows.get(sampleKey(sample));
  }
}

/** One text for one address: no split has a slash in its name. */
const sampleKey = ({ split, sampleId }: SampleAddress): string => `${split}/${sampleId}`;
