import { DomainError } from '@noema/kernel';
import { runHandler } from './handler.js';
import type { Integration, PreprocessContext } from './integration.js';
import { type SampleContext, SPLIT_NAMES, type SplitName, type SplitSource } from './sample.js';

/** One split with its place among the rows of the dataset version. */
export interface PopulationSplit extends SplitSource<unknown> {
  readonly name: SplitName;
  readonly firstRow: number;
}

/** All samples of an integration, one row each, in the order of the splits and then of the index. */
export class Population {
  constructor(readonly splits: readonly PopulationSplit[]) {}

  get size(): number {
    return this.splits.reduce((sum, split) => sum + split.length, 0);
  }

  /** The sample of a row from 0 to `size` − 1. */
  sampleAt(row: number): SampleContext<unknown> {
    const split = this.splits.findLast((s) => s.firstRow <= row);
    if (split === undefined || row >= split.firstRow + split.length) throw new RangeError(`row ${row} is not one of the ${this.size} rows`);
    const index = row - split.firstRow;
    return { split: split.name, index, id: idOf(split, index), data: split.data };
  }
}

const idOf = (split: SplitSource<unknown>, index: number): string => split.ids?.[index] ?? String(index);
/** Samples of one dataset version; ids and row numbers of all of them are kept in memory. */
const MAX_SAMPLES = 10_000_000;
const invalid = (reason: string, message: string, metadata: Record<string, string> = {}): DomainError => new DomainError('invalid', reason, message, { metadata });

/**
 * Runs `preprocess` and `unlabeled` and checks what they say.
 * Throws `invalid` SPLIT_EMPTY, SPLIT_INVALID, SAMPLE_ID_DUPLICATE, SAMPLE_ID_INVALID or HANDLER_THREW, each naming split and value.
 */
export async function planPopulation(integration: Integration, context: PreprocessContext = { secrets: {} }): Promise<Population> {
  const preprocess = { role: 'preprocess', name: 'preprocess', fn: integration.preprocess } as const;
  return runHandler(preprocess, undefined, async () => {
    const made = { ...await integration.preprocess(context), ...(integration.unlabeled === undefined ? {} : { unlabeled: await integration.unlabeled(context) }) };
    const unknown = Object.keys(made).find((name) => !(SPLIT_NAMES as readonly string[]).includes(name));
    if (unknown !== undefined) throw invalid('SPLIT_INVALID', `"${unknown}" is no split; known: ${SPLIT_NAMES.join(', ')}`, { split: unknown });
    if (made.training === undefined && made.unlabeled === undefined && made.test === undefined && made.validation === undefined) throw invalid('SPLIT_EMPTY', 'preprocess returned no split; return { training: { length, data }, … }');
    const splits: PopulationSplit[] = [];
    let firstRow = 0;
    for (const name of SPLIT_NAMES) {
      const split = made[name];
      if (split === undefined) continue;
      checkSplit(name, split);
      splits.push({ name, firstRow, length: split.length, data: split.data, ...(split.ids === undefined ? {} : { ids: split.ids }) });
      firstRow += split.length;
      if (firstRow > MAX_SAMPLES) throw invalid('SPLIT_INVALID', `the split "${name}" has ${split.length} samples, ${firstRow} with the splits before it; one dataset version holds at most ${MAX_SAMPLES}`, { split: name });
    }
    return new Population(splits);
  });
}

function checkSplit(name: SplitName, split: SplitSource<unknown>): void {
  if (!Number.isSafeInteger(split.length) || split.length < 0) throw invalid('SPLIT_INVALID', `the split "${name}" has the length ${String(split.length)}; give the number of its samples`, { split: name });
  if (split.length === 0) throw invalid('SPLIT_EMPTY', `the split "${name}" has no sample; leave it out or give it samples`, { split: name });
  if (split.ids === undefined) return;
  if (split.ids.length !== split.length) throw invalid('SPLIT_INVALID', `the split "${name}" has ${split.length} samples but ${split.ids.length} ids`, { split: name });
  const seen = new Map<string, number>();
  for (const [index, id] of split.ids.entries()) {
    if (typeof id !== 'string' || id === '' || id.length > 256 || /[\p{Cc}\p{Cs}]|^\.\.?$|^undefined$/u.test(id)) throw invalid('SAMPLE_ID_INVALID', `sample ${index} of the split "${name}" has the id ${JSON.stringify(id)}; use a text of 1 to 256 characters without control characters, and not "." or "..", which no address can hold, or "undefined"`, { split: name, index: String(index) });
    const first = seen.get(id);
    if (first !== undefined) throw invalid('SAMPLE_ID_DUPLICATE', `the samples ${first} and ${index} of the split "${name}" have the same id "${id}"; ids must be unique within a split`, { split: name, sample_id: id });
    seen.set(id, index);
  }
}
