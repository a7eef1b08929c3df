import { readFileSync } from 'node:fs';
import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import {
  compareGroups,
  compareVersions,
  type Estimate,
  flagChanges,
  type MetricChange,
} from './compare-versions.js';
import { computeOutcomes, type VersionPair } from './version-pair.js';

type Numbers = readonly [value: number, low: number, high: number];
interface ExpectedMetric {
  readonly counts: Readonly<Record<string, number>>;
  readonly before: Numbers;
  readonly now: Numbers;
  readonly difference: Numbers;
  readonly pValue: number;
}
type Expected = { readonly n: number } & Readonly<Record<'correct' | 'loss', ExpectedMetric>>;

/** By bench/reference/compared_versions.py, which describes it. */
const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/compared-versions.json', import.meta.url), 'utf8'),
) as {
  readonly classes: string;
  readonly correct: readonly [string, string];
  readonly loss: readonly [string, string];
  readonly all: Expected;
  readonly groups: readonly Expected[];
  readonly holm: Readonly<Record<'correct' | 'loss', readonly number[]>>;
};
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
const floats = (text: string): Float32Array => new Float32Array(bytes(text).buffer);
const classes = bytes(reference.classes);
const pair: VersionPair = {
  rows: classes.length,
  correct: { before: bytes(reference.correct[0]), now: bytes(reference.correct[1]) },
  numbers: [{ name: 'loss', before: floats(reference.loss[0]), now: floats(reference.loss[1]) }],
};

function expectEqual(found: readonly MetricChange[], expected: Expected): void {
  const close = ({ value, interval }: Estimate, numbers: Numbers): void =>
    [value, interval!.low, interval!.high].forEach((one, i) => {
      expect(Math.abs(one - numbers[i]!), `${one}, ${numbers[i]}`).toBeLessThan(1e-7);
    });
  expect(found.map(({ name }) => name)).toEqual(['correct', 'loss']);
  for (const change of found) {
    const metric = expected[change.name as 'loss'];
    expect(change.n).toBe(expected.n);
    expect(change.counts).toEqual(metric.counts);
    close(change.before, metric.before);
    close(change.now, metric.now);
    close(change.difference, metric.difference);
    expect(change.pValue / metric.pValue).toBeCloseTo(1, 6);
  }
}

describe('two versions on the same samples', () => {
  it('are compared as scipy and statsmodels compare them', () => {
    expectEqual(compareVersions(pair), reference.all);
  });

  it('are compared class by class, with p-values that are adjusted as by statsmodels', () => {
    const groups = compareGroups(pair, (row) => classes[row]!, 10);
    groups.forEach((changes, label) => {
      expectEqual(changes, reference.groups[label]!);
      expect(compareVersions(pair, (row) => classes[row] === label)).toEqual(changes);
    });
    for (const [at, metric] of (['correct', 'loss'] as const).entries()) {
      const flagged = flagChanges(groups.map((changes) => changes[at]!));
      flagged.forEach(({ adjustedP, isFlagged }, i) => {
        expect(adjustedP / reference.holm[metric][i]!).toBeCloseTo(1, 6);
        expect(isFlagged).toBe(reference.holm[metric][i]! < 0.05);
      });
    }
  });

  it('leave out samples that only one of them evaluates', () => {
    const part: VersionPair = {
      rows: 5,
      correct: { before: Uint8Array.of(1, 0, 255, 1, 0), now: Uint8Array.of(1, 1, 1, 255, 0) },
      numbers: [
        { name: 'loss', before: Float32Array.of(1, 2, NaN, 4, 5), now: Float32Array.of(0, 2, 3, NaN, 6) },
      ],
    };
    const [correct, loss] = compareVersions(part);
    expect(correct).toMatchObject({ n: 3, counts: { correct: 1, fixed: 1, broken: 0, wrong: 1 } });
    expect(loss).toMatchObject({ n: 3, counts: { lower: 1, same: 1, higher: 1 } });
    expect(loss!.difference.value).toBe(0);
    expect([...computeOutcomes(part).codes]).toEqual([0, 1, 255, 255, 3]);
    expect([...computeOutcomes({ ...part, correct: undefined }).codes]).toEqual([0, 1, 255, 255, 2]);
  });

  it('have no number without a sample, and no flag', () => {
    const [correct] = compareVersions(pair, () => false);
    expect(correct).toMatchObject({ n: 0, pValue: 1, difference: { value: NaN } });
    expect(flagChanges([correct!])).toEqual([{ adjustedP: NaN, isFlagged: false }]);
    // An empty group does not weaken the others.
    expect(
      flagChanges([
        { n: 0, pValue: 1 },
        { n: 9, pValue: 0.04 },
      ])[1],
    ).toEqual({
      adjustedP: 0.04,
      isFlagged: true,
    });
  });

  it('have no interval where all samples have the same number', () => {
    const numbers = [
      { name: 'missed', before: new Float32Array(9), now: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) },
    ];
    const [missed] = compareVersions({ rows: 9, correct: undefined, numbers });
    expect(missed!.before).toEqual({ value: 0, interval: undefined });
    expect([missed!.now.interval, missed!.difference.interval]).not.toContain(undefined);
  });

  it('refuses columns of other lengths', () => {
    const rows = pair.rows + 1;
    expect(() => compareVersions({ ...pair, rows })).toThrow(/rows instead of/);
  });

  it('flag a slice in at most 5 % of pairs that differ by chance, and one that got 6 points worse', () => {
    const random = seededRandom(7);
    const [size, count, trials] = [500, 20, 200];
    const rows = size * count;
    let [falsely, planted, elsewhere] = [0, 0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const before = new Uint8Array(rows).map(() => (random() < 0.9 ? 1 : 0));
      // Of the 4 % that differ, either version is correct as often.
      const now = before.map((value) => (random() < 0.04 ? (random() < 0.5 ? 1 : 0) : value));
      for (let row = 0; row < rows; row++)
        if (before[row] !== now[row]) [before[row], now[row]] = random() < 0.5 ? [1, 0] : [0, 1];
      const flags = (columns: Uint8Array): boolean[] => {
        const versions = { rows, correct: { before, now: columns }, numbers: [] };
        const groups = compareGroups(versions, (row) => Math.floor(row / size), count);
        return flagChanges(groups.map(([change]) => change!)).map(({ isFlagged }) => isFlagged);
      };
      if (flags(now).some(Boolean)) falsely++;
      const worse = now.slice();
      for (let row = 0; row < 34; row++) worse[row] = 0;
      const found = flags(worse);
      if (found[0] === true) planted++;
      if (found.slice(1).some(Boolean)) elsewhere++;
    }
    expect(falsely / trials).toBeLessThanOrEqual(0.05);
    expect(elsewhere / trials).toBeLessThanOrEqual(0.05);
    expect(planted / trials).toBeGreaterThan(0.9);
  });
});
