import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore, Cell } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import { DatasetCatalog, SampleTable } from '@noema/population';
import { type MetadataColumn, MAX_TEXTS } from './metadata-relation.js';

/** Bytes of columns that are kept, of the dataset versions used last. */
const CACHE_BYTES = 64 * 2 ** 20;

/** Metadata columns from the Parquet table of samples, kept as numbers. */
@Injectable()
export class MetadataStore {
  private readonly tables = new LruCache<readonly MetadataColumn[]>(CACHE_BYTES, {
    weigh: (columns) => columns.reduce((sum, column) => sum + countBytes(column), 1),
  });

  constructor(
    @Inject(ARTIFACT_STORE) private readonly store: ArtifactStore,
    @Inject(DatasetCatalog) private readonly samples: DatasetCatalog,
  ) {}

  /** Columns that a unit can be related to: numbers, booleans, and texts with at most `MAX_TEXTS` values. */
  async of(teamId: string, datasetVersionId: string): Promise<readonly MetadataColumn[]> {
    const { samples: ref } = await this.samples.version(teamId, datasetVersionId);
    return ref === undefined ? [] : this.tables.get(ref.uri, () => this.read(ref));
  }

  private async read(ref: ArtifactRef): Promise<MetadataColumn[]> {
    const table = await SampleTable.open(await this.store.get(ref));
    try {
      const found: MetadataColumn[] = [];
      for (const { field, metadata, type } of table.columns) {
        if (metadata === undefined) continue;
        const reader = type === 'string' ? new Texts(table.rows) : new Numbers(table.rows);
        await table.cells(field, (cell, row) => {
          reader.add(cell, row);
          return !reader.hasTooMany;
        });
        if (!reader.hasTooMany) found.push({ name: metadata, ...reader.column() });
      }
      return found;
    } finally {
      await table.close();
    }
  }
}

const countBytes = (column: MetadataColumn): number =>
  column.kind === 'number' ? column.values.byteLength : column.codes.byteLength;

class Numbers {
  readonly hasTooMany = false;
  private readonly values: Float64Array;

  constructor(rows: number) {
    this.values = new Float64Array(rows).fill(NaN);
  }

  add(cell: Cell, row: number): void {
    if (cell !== null) this.values[row] = Number(cell);
  }

  column(): { kind: 'number'; values: Float64Array } {
    return { kind: 'number', values: this.values };
  }
}

class Texts {
  private readonly codes: Int8Array;
  private readonly known = new Map<Cell, number>();

  constructor(rows: number) {
    this.codes = new Int8Array(rows).fill(-1);
  }

  get hasTooMany(): boolean {
    return this.known.size > MAX_TEXTS;
  }

  add(cell: Cell, row: number): void {
    if (cell === null) return;
    if (!this.known.has(cell)) this.known.set(cell, this.known.size);
    if (!this.hasTooMany) this.codes[row] = this.known.get(cell)!;
  }

  column(): { kind: 'text'; codes: Int8Array } {
    return { kind: 'text', codes: this.codes };
  }
}
