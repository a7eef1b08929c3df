import { Moments } from './moments.js';
import { type Cell, type Field, type FieldProfile, MAX_DISTINCT, type Records, type Row } from './records.js';

const EXAMPLES = 12;

/** Records in memory: the names of files and their classes, or arrays that were read whole. */
export class RowRecords implements Records {
  constructor(
    readonly fields: readonly Field[],
    readonly length: number,
    private readonly cell: (index: number, field: string) => Cell,
  ) {}

  row(index: number): Row {
    if (index < 0 || index >= this.length)
      throw new RangeError(`record ${index} is not one of the ${this.length}`);
    return Object.fromEntries(this.fields.map(({ name }) => [name, this.cell(index, name)]));
  }

  column(name: string): readonly Cell[] {
    return Array.from({ length: this.length }, (_, index) => this.cell(index, name));
  }

  profile(): readonly FieldProfile[] {
    return this.fields.map((field) =>
      profileCells(field, this.length, (index) => this.cell(index, field.name)),
    );
  }

  close(): void {
    // nothing is held outside
  }
}

/** Facts about the cells of one field, in one pass. */
export function profileCells(field: Field, length: number, cell: (index: number) => Cell): FieldProfile {
  const distinct = new Set<string>();
  const moments = new Moments();
  let missing = 0;
  let [characters, maxWords] = [0, 0];
  for (let index = 0; index < length; index++) {
    const value = cell(index);
    if (value === null || (typeof value === 'number' && Number.isNaN(value))) {
      missing++;
      continue;
    }
    if (typeof value === 'object') continue;
    if (distinct.size <= MAX_DISTINCT) distinct.add(String(value));
    if (typeof value === 'number') moments.add(value);
    else if (typeof value === 'string') {
      characters += value.length;
      maxWords = Math.max(maxWords, value.split(/\s+/u).length);
    }
  }
  const step = Math.max(1, Math.floor(length / EXAMPLES));
  const texts = length - missing;
  return {
    field,
    missing,
    distinct: distinct.size,
    ...(distinct.size > 0 && distinct.size <= MAX_DISTINCT ? { values: sortValues(distinct, field) } : {}),
    ...(moments.isEmpty ? {} : { min: moments.min, max: moments.max }),
    ...(field.kind === 'text' && texts > 0 ? { meanLength: characters / texts, maxWords } : {}),
    examples: Array.from({ length: Math.min(EXAMPLES, length) }, (_, i) => cell(i * step)),
  };
}

/** Values of numbers by size, of everything else by their code points. */
export const sortValues = (values: Iterable<string>, { kind }: Pick<Field, 'kind'>): string[] =>
  [...values].sort(
    kind === 'number' ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  );
