import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { SliceSchema } from '@noema/contracts/noema/datasets/v1/slice';
import type {
  CreateSliceRequest,
  UpdateSliceRequest,
} from '@noema/contracts/noema/datasets/v1/slice_service';
import type { EvaluationSummarySchema } from '@noema/contracts/noema/training/v1/evaluation_summary';
import type { RowSelection } from '@noema/contracts/noema/type/v1/row_selection';
import { DomainError, selectRows } from '@noema/kernel';
import { IDS } from './synthetic-ids.js';
import type { SyntheticPopulation } from './synthetic-population.js';

interface Kept {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly rows: ReadonlySet<number>;
  readonly changes: number;
}

const MADE = new Date('2026-11-01T12:00:00Z');

/** Slices of rows in memory, and how the model did on rows. */
export class SyntheticSlices {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly population: SyntheticPopulation) {}

  /** The rows of a slice by its name, rising. */
  rowsNamed(name: string): number[] {
    const slice = [...this.kept.values()].find(({ displayName }) => displayName === name);
    return [...(slice?.rows ?? [])].sort((a, b) => a - b);
  }

  create({ displayName, description, selection }: CreateSliceRequest) {
    if ([...this.kept.values()].some((one) => one.displayName === displayName))
      throw new DomainError('exists', 'SLICE_NAME_TAKEN', `a slice "${displayName}" exists`);
    const id = `01890a5d-ac96-774b-bcce-b302099a9${String(this.kept.size).padStart(3, '0')}`;
    const slice = { id, displayName, description, rows: this.rowsIn(selection), changes: 0 };
    this.kept.set(id, slice);
    return { slice: this.message(slice) };
  }

  get({ sliceId }: { readonly sliceId: string }) {
    const slice = this.find(sliceId);
    const bitmap = new Uint8Array(Math.ceil(this.population.count / 8));
    for (const row of slice.rows) bitmap[row >> 3]! |= 1 << (row & 7);
    return { slice: { ...this.message(slice), bitmap } };
  }

  list() {
    return { slices: [...this.kept.values()].reverse().map((slice) => this.message(slice)) };
  }

  update({ slice, updateMask, add, remove }: UpdateSliceRequest) {
    const before = this.find(slice?.id ?? '');
    const names = updateMask?.paths ?? [];
    const rows = new Set([...before.rows, ...(add === undefined ? [] : this.rowsIn(add))]);
    for (const row of remove === undefined ? [] : this.rowsIn(remove)) rows.delete(row);
    const changed = {
      ...before,
      rows,
      changes: before.changes + 1,
      ...(names.includes('display_name') && { displayName: slice!.displayName }),
      ...(names.includes('description') && { description: slice!.description }),
    };
    this.kept.set(before.id, changed);
    return { slice: this.message(changed) };
  }

  delete({ sliceId }: { readonly sliceId: string }) {
    this.kept.delete(sliceId);
    return {};
  }

  /** How the model did on the rows and on all others. */
  compare(selection: RowSelection | undefined) {
    const chosen = this.rowsIn(selection);
    const all = Array.from({ length: this.population.count }, (_, row) => row);
    return {
      selected: this.summary(all.filter((row) => chosen.has(row))),
      rest: this.summary(all.filter((row) => !chosen.has(row))),
      classNames: [...this.population.classNames],
    };
  }

  private summary(rows: readonly number[]): MessageInitShape<typeof EvaluationSummarySchema> {
    const { loss, trueClass, predictedClass, classNames } = this.population;
    const losses = rows.map((row) => loss[row]!).filter((one) => !Number.isNaN(one));
    const mean = losses.reduce((sum, one) => sum + one, 0) / Math.max(1, losses.length);
    const cells = new Map<number, number>();
    for (const row of rows) {
      const cell = trueClass[row]! * classNames.length + predictedClass[row]!;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    const correct = rows.filter((row) => trueClass[row] === predictedClass[row]).length;
    return {
      count: rows.length,
      lossCount: losses.length,
      meanLoss: mean,
      lossDeviation:
        losses.length < 2
          ? 0
          : Math.sqrt(losses.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (losses.length - 1)),
      classCount: rows.length,
      accuracy: rows.length === 0 ? 0 : correct / rows.length,
      confusion: [...cells].map(([cell, count]) => ({
        trueClass: Math.floor(cell / classNames.length),
        predictedClass: cell % classNames.length,
        count,
      })),
    };
  }

  private rowsIn(selection: RowSelection | undefined): ReadonlySet<number> {
    return new Set(selectRows(selection, this.population.count));
  }

  private find(id: string): Kept {
    const slice = this.kept.get(id);
    if (slice === undefined) throw new DomainError('not-found', 'SLICE_NOT_FOUND', `there is no slice ${id}`);
    return slice;
  }

  /** Another user exchanges a row of a slice. */
  exchange(name: string, row: number, by: number): void {
    const slice = [...this.kept.values()].find(({ displayName }) => displayName === name)!;
    const rows = new Set([...slice.rows, by]);
    rows.delete(row);
    this.kept.set(slice.id, { ...slice, rows, changes: slice.changes + 1 });
  }

  private message({ rows, changes, ...slice }: Kept): MessageInitShape<typeof SliceSchema> {
    return {
      ...slice,
      projectId: IDS.project,
      datasetVersionId: IDS.data,
      sampleCount: rows.size,
      createdBy: 'ann',
      createTime: timestampFromDate(MADE),
      updateTime: timestampFromDate(new Date(MADE.getTime() + changes)),
    };
  }
}
