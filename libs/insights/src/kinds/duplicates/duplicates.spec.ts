import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../finding/finding.js';
import type { InputKind, Population } from '../../population/population.js';
import { defaultRecipe } from '../../recipe.js';
import { runInsights } from '../../run-insights.js';
import { measureAgreement } from './agreement.js';
import { Aligner } from './align.js';
import { correlateShifted } from './series.comparer.js';
import { findSequences, measureOverlap } from './text.comparer.js';
import { setThreshold, truncatedRate } from './threshold.js';
import { rotation, warp } from './warp.js';

function toPopulation(
  kind: InputKind,
  shape: number[],
  samples: Float32Array[],
  labels?: number[],
): Population {
  return {
    n: samples.length,
    task: 'multi-class',
    classNames: ['a', 'b'],
    splitCodes: new Uint8Array(samples.length),
    splits: ['training'],
    ...(labels && { labels: Int32Array.from(labels) }),
    history: [],
    spaces: [],
    metadata: [],
    inputs: {
      kind,
      shape,
      read: (rows) => Promise.resolve(Float32Array.from([...rows].flatMap((row) => [...samples[row]!]))),
    },
  };
}

async function find(population: Population): Promise<readonly Finding[]> {
  const [outcome] = await runInsights(population, defaultRecipe(['duplicates']));
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report.findings;
}

/** Groups of rows of the findings of a case. */
const groupsIn = (findings: readonly Finding[], subkind: string): number[][] =>
  findings
    .filter((finding) => finding.subkind === subkind)
    .flatMap(({ groups, members }) => groups!.map((group) => group.map((at) => members[at]!)));

const SIDE = 24;
const random = seededRandom(3);

/** A picture of eight soft spots. */
function drawSpots(): Float32Array {
  const picture = new Float32Array(SIDE * SIDE);
  for (let spot = 0; spot < 8; spot++) {
    const [x, y, size] = [4 + 16 * random(), 4 + 16 * random(), 1.5 + 2 * random()];
    for (let at = 0; at < picture.length; at++)
      picture[at]! += Math.exp(-(((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - y) ** 2) / size ** 2);
  }
  return picture;
}

const flip = (picture: Float32Array): Float32Array =>
  picture.map((_, at) => picture[Math.floor(at / SIDE) * SIDE + SIDE - 1 - (at % SIDE)]!);

describe('duplicates', () => {
  it('finds equal, flipped and turned pictures, and no others', async () => {
    const pictures = Array.from({ length: 80 }, drawSpots);
    const turned = new Float32Array(SIDE * SIDE);
    warp({ side: SIDE, values: pictures[5]! }, rotation(25), turned);
    const samples = [
      ...pictures,
      pictures[2]!.slice(),
      flip(pictures[3]!).map((value) => 0.5 * value + 0.1),
      turned.map((value) => (Number.isNaN(value) ? 0 : value)),
      // Equal to a sample that has a changed copy: it counts in one finding.
      pictures[3]!.slice(),
    ];
    const labels = samples.map((_, row) => Number(row === 80));
    const findings = await find(toPopulation('image', [SIDE, SIDE, 1], samples, labels));
    expect(groupsIn(findings, 'exact')).toEqual([
      [2, 80],
      [3, 83],
    ]);
    expect(groupsIn(findings, 'near')).toEqual([
      [3, 81],
      [5, 82],
    ]);
    expect(findings[0]!.sentence).toBe(
      '4 of 84 samples are equal to another sample, in 2 groups of which 2 can go; different labels in 1 group.',
    );
  });

  it('finds cut texts, shifted series and changed rows of tables', async () => {
    const draw = (length: number, values: number) =>
      Float32Array.from({ length }, () => 1 + Math.floor(values * random()));
    const texts = Array.from({ length: 60 }, () => draw(50, 20));
    const cut = new Float32Array(50);
    cut.set(texts[7]!.subarray(4));
    const shortened = await find(toPopulation('text', [50], [...texts, cut]));
    expect(groupsIn(shortened, 'near')).toEqual([[7, 60]]);
    expect(shortened[0]!.sentence).toBe(
      '2 of 61 samples are copies of another sample, but not equal to it, in 1 group of which 1 can go.',
    );
    const series = Array.from({ length: 60 }, () => {
      const [a, b, c] = [6 * random(), 6 * random(), 1 + 3 * random()];
      return Float32Array.from(
        { length: 64 },
        (_, t) => Math.sin(c * 0.1 * t + a) + Math.sin(0.37 * c * t + b) + random(),
      );
    });
    const shifted = series[9]!.map((_, t) => 3 * series[9]![Math.min(63, t + 4)]!);
    expect(groupsIn(await find(toPopulation('series', [64, 1], [...series, shifted])), 'near')).toEqual([
      [9, 60],
    ]);
    const rows = Array.from({ length: 60 }, () => Float32Array.from({ length: 20 }, random));
    const changed = rows[4]!.slice();
    changed[3] = NaN;
    expect(groupsIn(await find(toPopulation('table', [20], [...rows, changed])), 'near')).toEqual([[4, 60]]);
  });

  it('takes equal short rows of a table alone: rounded rows differ in one of four cells by chance', async () => {
    const rows = Array.from({ length: 150 }, () =>
      Float32Array.from({ length: 4 }, () => Math.round(10 * random()) / 10),
    );
    const population = toPopulation('table', [4], [...rows, rows[3]!.slice()]);
    const [outcome] = await runInsights(population, defaultRecipe(['duplicates']));
    if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
    const { findings, remarks } = outcome.report;
    expect(findings.map(({ subkind }) => subkind)).toEqual(['exact']);
    expect(remarks).toEqual([
      'Only equal rows count as copies: rows have 4 columns, and changed copies are searched in rows of at least 10.',
    ]);
  });

  it('stands one sample, equal samples, missing values and shapes that it cannot compare', async () => {
    const empty = new Float32Array(SIDE * SIDE);
    const shape = [SIDE, SIDE, 1];
    expect(await find(toPopulation('image', shape, [empty]))).toEqual([]);
    expect(groupsIn(await find(toPopulation('image', shape, [empty, empty, empty])), 'exact')).toEqual([
      [0, 1, 2],
    ]);
    expect(await find(toPopulation('image', shape, [empty, empty.map(() => NaN)]))).toEqual([]);
    expect(
      await find(toPopulation('series', [2, 2, 2], [new Float32Array(8), new Float32Array(8).fill(1)])),
    ).toEqual([]);
  });

  it('reports progress that rises to 1', async () => {
    const pictures = Array.from({ length: 60 }, drawSpots);
    const shares: number[] = [];
    await runInsights(toPopulation('image', [SIDE, SIDE, 1], pictures), defaultRecipe(['duplicates']), {
      progress: (share) => shares.push(share),
    });
    expect(shares).toEqual(shares.toSorted((x, y) => x - y));
    expect(shares.at(-1)).toBeCloseTo(1);
  });

  it('gives the same pairs for 1 and 3 threads', async () => {
    // Three threads share 310 pictures and as many planted copies.
    const pictures = Array.from({ length: 310 }, drawSpots);
    const population = toPopulation('image', [SIDE, SIDE, 1], [...pictures, flip(pictures[3]!)]);
    const runs = await Promise.all(
      [1, 3].map((threads) => runInsights(population, defaultRecipe(['duplicates']), { threads })),
    );
    const [one, three] = runs.map(([outcome]) => JSON.stringify({ ...outcome, seconds: 0 }));
    expect(three).toBe(one);
    expect(one).toContain('"members":{"0":3,"1":310}');
  });
});

describe('similarities', () => {
  it('of texts are shares of tokens that equal sequences align', () => {
    // 23456 and 34567 are in both: all tokens but the first of the one text, but the last of the other.
    const a = findSequences(Float32Array.of(1, 2, 3, 4, 5, 6, 7));
    expect(measureOverlap(a, findSequences(Float32Array.of(2, 3, 4, 5, 6, 7, 8)))).toBeCloseTo(6 / 7, 12);
    // One changed token of 13 breaks five sequences, but only this token differs.
    const text = Float32Array.from({ length: 13 }, (_, at) => at + 1);
    const changed = findSequences(text.map((token) => (token === 8 ? 99 : token)));
    expect(measureOverlap(findSequences(text), changed)).toBeCloseTo(12 / 13, 12);
    // The third token from the end has no sequence behind it, which the one before gives its place.
    const late = findSequences(text.map((token) => (token === 11 ? 99 : token)));
    expect(measureOverlap(findSequences(text), late)).toBeCloseTo(12 / 13, 12);
    // A part counts as a copy if it is long enough.
    expect(measureOverlap(a, findSequences(Float32Array.of(2, 3, 4, 5, 6, 7)))).toBe(1);
    expect(measureOverlap(a, findSequences(Float32Array.of(2, 3, 4, 5, 6)))).toBeCloseTo(5 / 7, 12);
    expect(measureOverlap(findSequences(new Float32Array()), findSequences(new Float32Array()))).toBe(0);
  });

  it('of series are correlations of the common part', () => {
    // numpy.corrcoef([2, 4, 8, 5], [1, 3, 2, 9])[0, 1] of the part that both have
    const [a, b] = [Float32Array.of(7, 2, 4, 8, 5), Float32Array.of(1, 3, 2, 9, 0)];
    expect(correlateShifted(a, b, { shift: 1, length: 5, channels: 1 })).toBeCloseTo(0.13912167, 6);
  });

  it('of pictures do not depend on brightness, and see one changed tile', () => {
    const picture = drawSpots();
    const brighter = picture.map((value) => 2 * value + 3);
    expect(measureAgreement([[picture]], [brighter])).toBeCloseTo(1, 6);
    const changed = picture.slice();
    for (let at = 0; at < 4; at++) changed[10 * SIDE + 10 + at]! += 1;
    expect(measureAgreement([[picture]], [changed])).toBeLessThan(0.97);
  });

  it('come after an alignment that recovers a rotation', () => {
    const values = drawSpots();
    const turned = new Float32Array(SIDE * SIDE);
    warp({ side: SIDE, values }, rotation(6), turned);
    const copy = { side: SIDE, values: turned.map((value) => (Number.isNaN(value) ? 0 : value)) };
    const aligner = new Aligner(SIDE);
    aligner.begin({ side: SIDE, values }, copy);
    const { map, correlation } = aligner.refine(rotation(0), { steps: 30, close: 0.1, least: [] });
    expect(correlation).toBeGreaterThan(0.999);
    rotation(6).forEach((value, at) => {
      expect(map[at]).toBeCloseTo(value, 1.5);
    });
  });
});

describe('the threshold', () => {
  it('has the rate of an exponential tail that is cut off', () => {
    // −ln(1 − (1 − e⁻²) / 2) / 2: the median at the rate 2, cut off at 1
    expect(truncatedRate(0.28311055, 1)).toBeCloseTo(2, 3);
    expect(truncatedRate(Math.LN2 / 4, Infinity)).toBeCloseTo(4, 9);
    expect(truncatedRate(0.5, 1)).toBe(0);
    // The upper quartile of the same: −ln(1 − 0.75 (1 − e⁻²)) / 2
    expect(truncatedRate(0.5227707, 1, 0.75)).toBeCloseTo(2, 3);
    expect(truncatedRate(Math.LN2 / 2, Infinity, 0.75)).toBeCloseTo(4, 9);
  });

  it('expects no more false pairs than there are pairs', () => {
    const toSimilarity = (scale: number): number => 1 - Math.exp(-scale);
    // Unlike pairs grow more frequent towards the planted copies, so that their tail does not fall.
    const pairs = Float64Array.from({ length: 40 }, (_, at) => toSimilarity(at === 0 ? 1 : 2.2));
    expect(setThreshold(new Float64Array(100).fill(toSimilarity(2.3)), pairs).falsePairs).toBe(0);
  });

  it('keeps false pairs rare where unlike pairs are similar, and states the recall', () => {
    const draw = seededRandom(1);
    const gap = (rate: number, from: number): number => 1 - Math.exp(-(from - Math.log(1 - draw()) / rate));
    let kept = 0;
    for (let trial = 0; trial < 50; trial++) {
      const pairs = Float64Array.from({ length: 2000 }, () => gap(2, 0));
      const planted = Float64Array.from({ length: 500 }, () => gap(0.5, 3));
      const threshold = setThreshold(planted, pairs);
      kept += pairs.filter((one) => one >= threshold.similarity).length;
      const found = planted.filter((one) => one >= threshold.similarity).length;
      expect(threshold.recall).toBe(found / 500);
    }
    // About one expected false pair a trial
    expect(kept).toBeLessThan(100);
    // The data have copies of their own, less similar than the planted ones: the tail of unlike pairs ends before them.
    const own = [
      ...Array.from({ length: 2000 }, () => gap(2, 0)),
      ...Array.from({ length: 60 }, (_, at) => 1 - Math.exp(-6 - at / 15)),
    ];
    const copies = Float64Array.from({ length: 500 }, () => gap(0.5, 10));
    expect(setThreshold(copies, Float64Array.from(own)).recall).toBeGreaterThan(0.98);
    // Pairs that were given up leave a gap below the unlike pairs, which is no end of their tail.
    const given = [...new Float64Array(2000), ...Array.from({ length: 100 }, () => gap(2, 3))];
    const some = copies.map((one, at) => (at < 10 ? 0.84 : one));
    const least = setThreshold(some, Float64Array.from(given)).similarity;
    expect(given.filter((one) => one >= least).length).toBeLessThan(5);
    // Many unlike pairs, and a few planted copies far below them: 1 % of all pairs below the tail is no small number.
    const pairs = Float64Array.from({ length: 20_000 }, () => gap(2, 0));
    const planted = Float64Array.from({ length: 500 }, (_, at) => (at < 20 ? gap(5, 0.5) : gap(0.5, 5)));
    const { similarity } = setThreshold(planted, pairs);
    expect(pairs.filter((one) => one >= similarity).length).toBeLessThan(10);
  });
});
