import type { ArtifactStore } from '@noema/artifacts';
import { type DatasetCatalog, SampleTable } from '@noema/population';
import { SAMPLE_COLUMNS } from '@noema/population/rules';
import type { PointColumn } from '../point/point-columns.js';
import { once } from '../point/column.readers.js';

/** Columns of the samples. */
export interface SampleColumnSource {
  names(): Promise<string[]>;
  column(name: string): Promise<PointColumn>;
  close(): Promise<void>;
}

/**
 * Columns of a sample table: `sample_id`, `split` and `metadata.<name>`. The table is opened by the first
 * request; close it.
 */
export class SampleColumns implements SampleColumnSource {
  private readonly table: () => Promise<SampleTable>;
  private opened: Promise<SampleTable> | undefined;

  constructor(open: () => Promise<SampleTable>) {
    this.table = once(() => (this.opened = open()));
  }

  async names(): Promise<string[]> {
    return (await this.table()).columns
      .filter(
        ({ field, metadata }) =>
          metadata !== undefined || field === SAMPLE_COLUMNS.split || field === SAMPLE_COLUMNS.sampleId,
      )
      .map(({ field }) => field);
  }

  async column(name: string): Promise<PointColumn> {
    const table = await this.table();
    const { type } = table.columns.find(({ field }) => field === name)!;
    if (name === SAMPLE_COLUMNS.sampleId) return { type: 'text', ...(await table.texts(name)) };
    if (type === 'string' || type === 'boolean') return { type: 'code', ...(await table.codes(name)) };
    return { type: 'number', values: await table.numbers(name) };
  }

  async close(): Promise<void> {
    await this.opened?.then(
      (table) => table.close(),
      () => undefined,
    );
  }
}

/** Opens the sample table of a dataset version. */
export const openSamples = async (
  { store, datasets }: { readonly store: ArtifactStore; readonly datasets: Pick<DatasetCatalog, 'samples'> },
  teamId: string,
  datasetVersionId: string,
): Promise<SampleTable> =>
  SampleTable.open(await store.get(await datasets.samples(teamId, datasetVersionId)));
