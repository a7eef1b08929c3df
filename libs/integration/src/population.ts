import { DomainError } from '@noema/kernel';
import { handlerFault, runHandler } from './handler.js';
import { IdTable } from './id-table.js';
import type { Integration, PreprocessContext } from './integration.js';
import { type SampleContext, SPLIT_NAMES, type SplitName, type Splits, type SplitSource } from './sample.js';

/** A split, with the range of its rows in the dataset version. */
export interface PopulationSplit extends SplitSource<unknown> {
  readonly name: SplitName;
  readonly firstRow: number;
  /** Indexes of the remaining samples, in order. Default: all. `length` counts them. */
  readonly kept?: Int32Array;
}

/** All samples of an integration, one per row, ordered by split and index. */
export class Population {
  constructor(readonly splits: readonly PopulationSplit[]) {}

  get size(): number {
    return this.splits.reduce((sum, split) => sum + split.length, 0);
  }

  /** Returns the sample of a row, 0 to `size` − 1. */
  sampleAt(row: number): SampleContext<unknown> {
    const split = this.splits.findLast((s) => s.firstRow <= row);
    if (split === undefined || row >= split.firstRow + split.length)
      throw new RangeError(`row ${row} is not one of the ${this.size} rows`);
    const index = split.kept?.[row - split.firstRow] ?? row - split.firstRow;
    return { split: split.name, index, id: toId(split, index), data: split.data };
  }

  /** Returns the samples of rows from `row` on that are in one split, at most `count`, by their indexes. */
  runAt(row: number, count: number): { readonly split: PopulationSplit; readonly indexes: Int32Array } {
    const split = this.splits.findLast((s) => s.firstRow <= row)!;
    const first = row - split.firstRow;
    const length = Math.min(count, split.length - first);
    return { split, indexes: Int32Array.from({ length }, (_, i) => split.kept?.[first + i] ?? first + i) };
  }

  /**
   * Returns the population without some of its rows. The splits keep their order; an empty split is dropped.
   */
  without(rows: readonly number[]): Population {
    const dropped = new Set(rows);
    const splits: PopulationSplit[] = [];
    let firstRow = 0;
    for (const split of this.splits) {
      const all = Array.from({ length: split.length }, (_, at) => split.firstRow + at);
      const kept = Int32Array.from(
        all.filter((row) => !dropped.has(row)),
        (row) => this.sampleAt(row).index,
      );
      if (kept.length > 0) splits.push({ ...split, firstRow, length: kept.length, kept });
      firstRow += kept.length;
    }
    return new Population(splits);
  }
}

const toId = (split: SplitSource<unknown>, index: number): string => split.ids?.[index] ?? String(index);
/** Maximum number of samples of a dataset version. All ids and row numbers are kept in memory. */
const MAX_SAMPLES = 10_000_000;
const invalid = (reason: string, message: string, metadata: Record<string, string> = {}): DomainError =>
  new DomainError('invalid', reason, message, { metadata });

/**
 * Runs `preprocess` and `unlabeled` and validates their results. `report` receives each fault and may
 * continue; by default the first fault is thrown. Throws `invalid` SPLIT_EMPTY, SPLIT_INVALID,
 * SAMPLE_ID_DUPLICATE, SAMPLE_ID_INVALID or HANDLER_THREW, each with split and value.
 */
export async function planPopulation(
  integration: Integration,
  context: PreprocessContext = { secrets: {} },
  report: (fault: DomainError) => void = (fault) => {
    throw fault;
  },
): Promise<Population> {
  const preprocess = { role: 'preprocess', name: 'preprocess', fn: integration.preprocess } as const;
  const made = await runHandler(preprocess, undefined, async () => ({
    ...(await integration.preprocess(context)),
    ...(integration.unlabeled === undefined ? {} : { unlabeled: await integration.unlabeled(context) }),
  }));
  for (const fault of faultsOfSplits(made)) report(handlerFault(preprocess, undefined, fault));
  const splits: PopulationSplit[] = [];
  let firstRow = 0;
  for (const name of SPLIT_NAMES) {
    const split = made[name];
    if (split === undefined) continue;
    splits.push({
      name,
      firstRow,
      length: split.length,
      data: split.data,
      ...(split.ids === undefined ? {} : { ids: split.ids }),
    });
    firstRow += split.length;
  }
  return new Population(splits);
}

function* faultsOfSplits(made: Splits<unknown>): Generator<DomainError> {
  for (const name of Object.keys(made)) {
    if ((SPLIT_NAMES as readonly string[]).includes(name)) continue;
    yield invalid('SPLIT_INVALID', `"${name}" is no split; known: ${SPLIT_NAMES.join(', ')}`, {
      split: name,
    });
  }
  const there = SPLIT_NAMES.filter((name) => made[name] !== undefined);
  if (there.length === 0)
    yield invalid('SPLIT_EMPTY', 'preprocess returned no split; return { training: { length, data }, … }');
  let size = 0;
  for (const name of there) {
    const split = made[name]!;
    yield* faultsOfSplit(name, split);
    size += split.length;
    if (size <= MAX_SAMPLES) continue;
    yield invalid(
      'SPLIT_INVALID',
      `the split "${name}" has ${split.length} samples, ${size} with the splits before it; one dataset ` +
        `version holds at most ${MAX_SAMPLES}`,
      { split: name },
    );
  }
}

function* faultsOfSplit(name: SplitName, split: SplitSource<unknown>): Generator<DomainError> {
  if (!Number.isSafeInteger(split.length) || split.length < 0) {
    yield invalid(
      'SPLIT_INVALID',
      `the split "${name}" has the length ${String(split.length)}; give the number of its samples`,
      { split: name },
    );
    return;
  }
  if (split.length === 0)
    yield invalid('SPLIT_EMPTY', `the split "${name}" has no sample; leave it out or give it samples`, {
      split: name,
    });
  if (split.ids === undefined) return;
  if (split.ids.length !== split.length) {
    yield invalid(
      'SPLIT_INVALID',
      `the split "${name}" has ${split.length} samples but ${split.ids.length} ids`,
      { split: name },
    );
  }
  const seen = new IdTable(split.ids);
  for (const [index, id] of split.ids.entries()) {
    if (!isSampleId(id)) {
      yield invalid(
        'SAMPLE_ID_INVALID',
        `sample ${index} of the split "${name}" has the id ${JSON.stringify(id)}; use a text of 1 to ` +
          '256 characters without control characters, ' +
          'and not "." or "..", which no address can hold, or "undefined"',
        { split: name, index: String(index) },
      );
      if (typeof id !== 'string') continue;
    }
    const first = seen.add(index);
    if (first !== undefined) {
      yield invalid(
        'SAMPLE_ID_DUPLICATE',
        `the samples ${first} and ${index} of the split "${name}" have the same id "${id}"; ids must be ` +
          'unique within a split',
        { split: name, sample_id: id },
      );
    }
  }
}

const isSampleId = (id: unknown): boolean =>
  typeof id === 'string' && id !== '' && id.length <= 256 && !/[\p{Cc}\p{Cs}]|^\.\.?$|^undefined$/u.test(id);
