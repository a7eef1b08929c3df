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
  const fields = [listSplits(population), ...listFields(population)]
    .map((sides) => ({ ...sides, sides: sides.sides.filter(({ rows }) => rows.length >= minRows) }))
    .filter(({ sides }) => sides.length > 1);
  const pairs = fields.flatMap(({ field, sides }) =>
    sides.flatMap((a, at) =>
      sides.slice(at + 1).map(
        (b): DomainPair => ({
          field,
          sides: [a, b],
          hasTraining: field === 'split' && (a.value === 'training' || b.value === 'training'),
        }),
      ),
    ),
  );
  return { pairs: pairs.slice(0, maxPairs), omitted: Math.max(0, pairs.length - maxPairs) };
}

interface Field {
  readonly field: string;
  readonly sides: readonly DomainSide[];
}

const listSplits = ({ splits, splitCodes }: Population): Field => ({
  field: 'split',
  sides: groupRows(splitCodes, splits.length, () => true).map((rows, code) => ({
    value: splits[code]!,
    condition: { on: 'split', equals: splits[code]! },
    rows,
  })),
});

function listFields(population: Population): Field[] {
  const held = selectHeldOut(population).rows;
  return population.metadata
    .filter(({ name }) => name !== population.groupColumn)
    .flatMap((column): Field[] => {
      if (column.type !== 'category') return [];
      const { name, categories, codes } = column;
      const sides = groupRows(codes, categories.length, (row) => held[row] === 1).map(
        (rows, code): DomainSide => ({
          value: categories[code]!,
          condition: { on: 'metadata', name, oneOf: [categories[code]!] },
          rows,
        }),
      );
      return [{ field: name, sides }];
    })
    .sort((a, b) => a.sides.length - b.sides.length);
}

function groupRows(
  codes: ArrayLike<number>,
  count: number,
  isWanted: (row: number) => boolean,
): Int32Array[] {
  const groups = Array.from({ length: count }, (): number[] => []);
  for (let row = 0; row < codes.length; row++)
    if (codes[row]! >= 0 && isWanted(row)) groups[codes[row]!]!.push(row);
  return groups.map((rows) => Int32Array.from(rows));
}
