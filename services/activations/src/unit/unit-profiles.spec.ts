import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { byStrength, type MetadataColumn, computeRelation } from './metadata-relation.js';
import { classResponses, strongestRows } from './unit.js';
import { UnitProfiles } from './unit-profiles.js';
import { histogram, type UnitStatistics } from './unit-statistics.js';

const n = 500;
const units = 7;
const random = seededRandom(41);
const names = ['a', 'b', 'never', 'c'];
/** Unit 2 is dead, unit 3 constant, unit 4 answers in steps (ties), unit 5 has one outlier at 10⁶. */
const mean = Float32Array.from({ length: n * units }, (_, at) => {
  const [row, unit] = [Math.floor(at / units), at % units];
  return unit === 2
    ? 0
    : unit === 3
      ? 0.7
      : unit === 4
        ? row % 4
        : unit === 5 && row === 77
          ? 1e6
          : random() + (row % 3) * unit * 0.1;
});
const max = mean.map((value) => value * 2 + 1);
const classByRow = Int32Array.from({ length: n }, (_, row) => [0, 1, 3, -1][row % 4]!);
const metadata: MetadataColumn[] = [
  {
    name: 'third',
    kind: 'number',
    values: Float64Array.from({ length: n }, (_, row) => (row % 10 === 0 ? NaN : 1e6 + (row % 3))),
  },
  { name: 'constant', kind: 'number', values: new Float64Array(n).fill(3.3) },
  {
    name: 'kind',
    kind: 'text',
    codes: Int8Array.from({ length: n }, (_, row) => (row % 7 === 0 ? -1 : row % 3)),
  },
];
const column = (of: Float32Array, unit: number): Float32Array =>
  Float32Array.from({ length: n }, (_, row) => of[row * units + unit]!);
const statistics = {
  mean: Float32Array.from({ length: units }, (_, unit) => column(mean, unit).reduce((a, b) => a + b / n, 0)),
  min: Float32Array.from({ length: units }, (_, unit) => Math.min(...column(mean, unit))),
  max: Float32Array.from({ length: units }, (_, unit) => Math.max(...column(mean, unit))),
} as UnitStatistics;

describe('the profiles of all units, in one pass', () => {
  const profiles = new UnitProfiles(statistics, {
    bins: 16,
    top: 9,
    classCount: names.length,
    classByRow,
    metadata,
  });
  for (let row = 0; row < n; row++)
    profiles.add(
      row,
      mean.subarray(row * units, (row + 1) * units),
      max.subarray(row * units, (row + 1) * units),
    );

  it.each([0, 1, 2, 3, 4, 5, 6])('unit %d is as when it is looked at alone', (unit) => {
    const own = column(mean, unit);
    const found = profiles.of(unit);
    const drawn = histogram(own, 16);
    expect(found.histogram).toEqual(drawn);
    expect(found.top).toEqual(
      strongestRows(own, 9).map((row) => ({ row, response: own[row], maxResponse: max[row * units + unit] })),
    );
    const classes = classResponses(own, drawn, { names, ofRow: classByRow });
    expect(found.classes.map(({ classIndex, counts }) => ({ classIndex, counts }))).toEqual(
      classes.map(({ classIndex, counts }) => ({ classIndex, counts })),
    );
    found.classes.forEach(({ mean: average }, i) => {
      expect(average).toBeCloseTo(classes[i]!.mean, 9);
    });
    const relations = metadata
      .map((one) => computeRelation(own, one))
      .filter((one) => one !== undefined)
      .sort(byStrength);
    expect(found.metadata.map(({ name, ratio, count }) => ({ name, ratio, count }))).toEqual(
      relations.map(({ name, ratio, count }) => ({ name, ratio, count })),
    );
    found.metadata.forEach(({ correlation }, i) => {
      expect(correlation).toBeCloseTo(relations[i]!.correlation, 6);
    });
  });
  it('of a dead and of a constant unit have one bin and no relation, and never NaN', () => {
    for (const unit of [2, 3])
      expect(profiles.of(unit)).toMatchObject({ histogram: [{ count: n }], metadata: [] });
    expect(JSON.stringify([0, 1, 2, 3, 4, 5, 6].map((unit) => profiles.of(unit)))).not.toContain('null');
  });
});
