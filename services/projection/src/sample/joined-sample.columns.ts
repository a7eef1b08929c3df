import { joinColumns } from '../point/joined-columns.js';
import type { PointColumn } from '../point/point-columns.js';
import type { SampleColumnSource } from './sample.columns.js';

/** The tables of samples of a map and of the data that were placed in it, `counts` rows of each, as one. */
export class JoinedSampleColumns implements SampleColumnSource {
  constructor(
    private readonly tables: readonly [SampleColumnSource, SampleColumnSource],
    private readonly counts: readonly [number, number],
  ) {}

  async names(): Promise<string[]> {
    const [own, others] = await Promise.all(this.tables.map((table) => table.names()));
    return [...new Set([...own!, ...others!])];
  }

  async column(name: string): Promise<PointColumn> {
    const [own, others] = await Promise.all(
      this.tables.map(async (table) =>
        (await table.names()).includes(name) ? table.column(name) : undefined,
      ),
    );
    return joinColumns(own, others, this.counts);
  }

  async close(): Promise<void> {
    await Promise.all(this.tables.map((table) => table.close()));
  }
}
