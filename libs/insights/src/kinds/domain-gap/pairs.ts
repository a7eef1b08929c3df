import type { Condition } from '../../finding/membership.js';
import { selectHeldOut } from '../../population/held-out.js';
import type { Population } from '../../population/population.js';

/** Two groups of samples that may differ, such as two splits or two values of a metadata field. */
export interface DomainPair {
  /** Name for people: `split`, or that of the field. */
  readonly field: string;
  readonly sides: readonly [DomainSide, DomainSide];
  /** One side is the training split: its loss is low because the model has learned it. */
  readonly hasTraining: boolean;
}

export interface DomainSide {
  readonly value: string;
  readonly condition: Condition;
  readonly rows: Int32Array;
}

/** Lists pairs of splits, then pairs of values of a field, fields with few values first, on held-out samples. */
export function listPairs(
  population: Population,
  { minRows, maxPairs }: { readonly minRows: number; readonly maxPairs: number },
): { readonly pairs: readonly DomainPair[]; readonly omitted: number } {
  const fields = [listSplits(population, minRows), ...listFields(population, minRows)];
  const pairs: DomainPair[] = [];
  for (const { field, sides } of fields)
    for (const [at, a] of sides.entries())
      for (let other = at + 1; other < sides.length && pairs.length < maxPairs; other++) {
        const b = sides[other]!;
        const hasTraining = field === 'split' && (a.value === 'training' || b.value === 'training');
        pairs.push({ field, sides: [a, b], hasTraining });
      }
  const all = fields.reduce((sum, { sides }) => sum + (sides.length * (sides.length - 1)) / 2, 0);
  return { pairs, omitted: all - pairs.length };
}

interface Field {
  readonly field: string;
  readonly sides: readonly DomainSide[];
}

const listSplits = ({ splits, splitCodes }: Population, minRows: number): Field => ({
  field: 'split',
  sides: groupRows(splitCodes, { values: splits, minRows, isWanted: () => true }).map(({ value, rows }) => ({
    value,
    condition: { on: 'split', equals: value },
    rows,
  })),
});

function listFields(population: Population, minRows: number): Field[] {
  const held = selectHeldOut(population).rows;
  const isWanted = (row: number): boolean => held[row] === 1;
  return population.metadata
    .filter((column) => column.type === 'category')
    .filter(({ name }) => name !== population.groupColumn)
    .toSorted((a, b) => a.categories.length - b.categories.length)
    .map(({ name, categories, codes }) => ({
      field: name,
      sides: groupRows(codes, { values: categories, minRows, isWanted }).map(({ value, rows }) => ({
        value,
        condition: { on: 'metadata', name, oneOf: [value] },
        rows,
      })),
    }));
}

/** Returns the rows of each value that has `minRows` of them: a field may have a million values. */
function groupRows(
  codes: ArrayLike<number>,
  {
    values,
    minRows,
    isWanted,
  }: {
    readonly values: readonly string[];
    readonly minRows: number;
    readonly isWanted: (row: number) => boolean;
  },
): { readonly value: string; readonly rows: Int32Array }[] {
  const counts = new Uint32Array(values.length);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0 && isWanted(row)) counts[codes[row]!]!++;
  const groups = new Map<number, number[]>();
  counts.forEach((count, code) => {
    if (count >= minRows) groups.set(code, []);
  });
  for (let row = 0; row < codes.length; row++) if (isWanted(row)) groups.get(codes[row]!)?.push(row);
  return Array.from(groups, ([code, rows]) => ({ value: values[code]!, rows: Int32Array.from(rows) }));
}
