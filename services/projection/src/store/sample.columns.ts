import { ColumnFile } from '@noema/artifacts';
import type { PointColumn } from '../domain/point-columns.js';
import { once } from './column.readers.js';

const OWN = new Set(['row', 'shard', 'class_name', 'class_index']);
const METADATA = 'metadata.';

/** What is known of samples, by column. */
export interface SampleTable {
  names(): Promise<string[]>;
  column(name: string): Promise<PointColumn>;
  close(): Promise<void>;
}

/**
 * Columns of the table of samples: `sample_id`, `split` and `metadata.<name>`. The file is opened by the
 * first who asks; close it.
 */
export class SampleColumns implements SampleTable {
  private readonly file: () => Promise<ColumnFile>;
  private opened: Promise<ColumnFile> | undefined;

  constructor(bytes: () => Promise<Uint8Array>) {
    this.file = once(() => (this.opened = bytes().then((table) => ColumnFile.of(table))));
  }

  async names(): Promise<string[]> {
    return (await this.file()).columns.filter(({ name }) => !OWN.has(name)).map(({ name }) => nameOf(name));
  }

  async column(name: string): Promise<PointColumn> {
    const file = await this.file();
    const { name: column, type } = file.columns.find((candidate) => nameOf(candidate.name) === name)!;
    if (name === 'sample_id') return { type: 'text', ...(await file.texts(column)) };
    if (type === 'string' || type === 'boolean') return { type: 'code', ...(await file.codes(column)) };
    return { type: 'number', values: await file.numbers(column) };
  }

  async close(): Promise<void> {
    await this.opened?.then(
      (file) => file.close(),
      () => undefined,
    );
  }
}

const nameOf = (column: string): string =>
  column === 'split' || column === 'sample_id' || column.startsWith(METADATA)
    ? column
    : `${METADATA}${column}`;
