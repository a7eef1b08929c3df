import { type ArtifactStore, type Cell, OpenTable } from '@noema/artifacts';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import type { PopulationMetadata } from '../domain/activation-set.ports.js';
import { type MetadataColumn, MAX_TEXTS } from '../domain/metadata-relation.js';

/** Bytes of columns that are kept, of the dataset versions used last. */
const KEPT_BYTES = 64 * 2 ** 20;
/** Rows that are turned into numbers before the event loop has its turn again. */
const SLICE_ROWS = 16_384;
const PREFIX = 'metadata.';

/** Where the table of samples is. */
interface SampleTables {
  samplesOf(teamId: string, datasetVersionId: string): Promise<ArtifactRef | undefined>;
}

/** Metadata columns from the Parquet table of samples, kept as numbers. */
export class StoredMetadata implements PopulationMetadata {
  private readonly tables = new LruCache<readonly MetadataColumn[]>(KEPT_BYTES, {
    weightOf: (columns) => columns.reduce((sum, column) => sum + bytesOf(column), 1),
  });

  constructor(
    private readonly store: ArtifactStore,
    private readonly samples: SampleTables,
  ) {}

  async of(teamId: string, datasetVersionId: string): Promise<readonly MetadataColumn[]> {
    const ref = await this.samples.samplesOf(teamId, datasetVersionId);
    return ref === undefined ? [] : this.tables.get(ref.uri, () => this.read(ref));
  }

  private async read(ref: ArtifactRef): Promise<MetadataColumn[]> {
    const table = await OpenTable.of(await this.store.get(ref));
    try {
      const { columns } = await table.query({ limit: 0 });
      const rows = await table.count();
      const found: MetadataColumn[] = [];
      for (const { name, type } of columns.filter((column) => column.name.startsWith(PREFIX))) {
        const reader = type === 'string' ? new Texts(rows) : new Numbers(rows);
        for (let from = 0; from < rows && !reader.hasTooMany; from += SLICE_ROWS) {
          // By row, not by offset: only the slice is looked at.
          const [slice] = (
            await table.query({
              columns: [name],
              where: '"row" >= $1 AND "row" < $2',
              params: [from, from + SLICE_ROWS],
              orderBy: '"row"',
            })
          ).columns;
          reader.add(slice!.values as readonly Cell[], from);
        }
        if (!reader.hasTooMany) found.push({ name: name.slice(PREFIX.length), ...reader.column() });
      }
      return found;
    } finally {
      await table.close();
    }
  }
}

const bytesOf = (column: MetadataColumn): number =>
  column.kind === 'number' ? column.values.byteLength : column.codes.byteLength;

class Numbers {
  readonly hasTooMany = false;
  private readonly values: Float64Array;

  constructor(rows: number) {
    this.values = new Float64Array(rows).fill(NaN);
  }

  add(cells: readonly Cell[], from: number): void {
    cells.forEach((cell, i) => {
      if (cell !== null) this.values[from + i] = Number(cell);
    });
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

  add(cells: readonly Cell[], from: number): void {
    for (const [i, cell] of cells.entries()) {
      if (cell === null) continue;
      if (!this.known.has(cell)) this.known.set(cell, this.known.size);
      if (this.hasTooMany) return;
      this.codes[from + i] = this.known.get(cell)!;
    }
  }

  column(): { kind: 'text'; codes: Int8Array } {
    return { kind: 'text', codes: this.codes };
  }
}
