import { describe, expect, it } from 'vitest';
import { parseNumbers, parseShares, reference } from '../../test/reference.js';
import {
  ChartQueries,
  type Column,
  computeHistogram,
  type Frame,
  type MarkChart,
  MAX_POINTS,
  parseDocument,
  type ScatterChart,
} from '../index.js';

const [digits] = reference.classifications;
const truth = parseShares(digits!.truth, 1);
const scores = parseShares(digits!.thousandths, 1000);
const rows = Array.from(truth, (_, row) => scores.subarray(row * 10, row * 10 + 10));
const confidence = Float64Array.from(rows, (row) => Math.max(...row));
const predicted = Float64Array.from(rows, (row, i) => row.indexOf(confidence[i]!));
const correct = Uint8Array.from(truth, (own, row) => (own === predicted[row] ? 1 : 0));
const columns: [string, Column][] = [
  ['true_class', { kind: 'number', values: truth }],
  ['predicted_class', { kind: 'number', values: predicted }],
  ['confidence', { kind: 'number', values: confidence }],
  ['correct', { kind: 'boolean', values: correct }],
  [
    'split',
    {
      kind: 'text',
      codes: Int32Array.from(truth, (_, row) => row % 3),
      names: ['training', 'validation', 'test'],
      enum: { prefix: 'SPLIT', values: ['training', 'validation', 'test'] },
    },
  ],
  ['metadata.far', { kind: 'number', values: confidence.map((value) => 1e9 + value) }],
];
const frame: Frame = {
  version: 'current',
  run: 'first',
  epoch: 3,
  rows: truth.length,
  columns: new Map(columns),
};
const queries = new ChartQueries(frame);
const cells = (chart: object, ...filters: string[]) =>
  queries.cells(parseDocument({ version: 1, charts: [chart] }).charts[0] as MarkChart, filters);

/** `n` samples with two numbers, a text and gaps. */
function scatterQueries(n: number, gap = 0): ChartQueries {
  const ink = Float64Array.from({ length: n }, (_, row) => row / 7);
  const loss = Float32Array.from({ length: n }, (_, row) => (row < gap ? NaN : (row * row) % 101));
  const codes = Int32Array.from({ length: n }, (_, row) => (row === n - 1 ? -1 : row % 2));
  return new ChartQueries({
    ...{ ...frame, rows: n },
    columns: new Map<string, Column>([
      ['metadata.ink', { kind: 'number', values: ink }],
      ['loss', { kind: 'number', values: loss }],
      ['metadata.pen', { kind: 'text', codes, names: ['thin', 'wide'] }],
    ]),
  });
}
const points = (own: ChartQueries, over: object = {}, ...filters: string[]) => {
  const chart = { mark: 'scatter', x: 'metadata.ink', y: 'loss', ...over };
  const [parsed] = parseDocument({ version: 1, charts: [chart] }).charts;
  return own.points(parsed as ScatterChart, filters);
};

describe('a scatter', () => {
  it('has a cell for each sample with both numbers, and counts those without', async () => {
    const scatter = await points(scatterQueries(50, 4), { color: 'metadata.pen' });
    const { cells: found, rows, total, without } = scatter;
    expect([found.length, rows.length, total, without]).toEqual([45, 45, 45, 5]);
    expect(rows[0]).toBe(4);
    const value = Math.fround(16);
    expect(found[0]).toEqual({
      ...{ version: 'current', n: 1, value, interval: undefined, color: { name: 'thin', at: 0 } },
      x: { name: String(4 / 7), low: 4 / 7, high: 4 / 7 },
      y: { name: '16', low: 16, high: 16 },
    });
  });

  it('draws a limited random sample by its seed, which a filter does not exchange', async () => {
    const own = scatterQueries(50_000);
    const first = await points(own);
    expect([first.cells.length, first.total, first.without]).toEqual([MAX_POINTS, 50_000, 0]);
    expect(await points(own)).toEqual(first);
    const names = ({ cells: all }: typeof first) => new Set(all.map(({ x }) => x!.name));
    const other = names(await points(own, { seed: 1 }));
    expect([...names(first)].filter((name) => other.has(name)).length).toBeLessThan(MAX_POINTS / 5);
    const filtered = await points(own, {}, 'metadata.ink < 1000');
    const kept = names(filtered);
    const below = first.cells.filter(({ x }) => x!.low! < 1000);
    expect(below.every(({ x }) => kept.has(x!.name))).toBe(true);
    expect(filtered.total).toBe(7_000);
  });

  it('of no samples is empty, and of a text is refused', async () => {
    expect(await points(scatterQueries(50), {}, 'loss < 0')).toEqual({
      ...{ cells: [], rows: new Uint32Array(), total: 0, without: 0 },
    });
    await expect(points(scatterQueries(50), { x: 'metadata.pen' })).rejects.toMatchObject({
      ...{ reason: 'FIELD_NOT_NUMERIC', message: expect.stringContaining('write bar or heatmap instead') },
    });
    await expect(points(scatterQueries(50), { y: 'metadata.pin' })).rejects.toMatchObject({
      reason: 'FIELD_UNKNOWN',
    });
  });
});

describe('charts', () => {
  it('of two classes are the confusion matrix of scikit-learn', async () => {
    const found = await cells({ mark: 'heatmap', x: 'predicted', y: 'truth', z: 'count()' });
    const matrix = new Array<number>(100).fill(0);
    for (const { x, y, value } of found) matrix[Number(y!.name) * 10 + Number(x!.name)] = value;
    expect(matrix).toEqual(parseNumbers(digits!.plain.confusion.None));
  });

  it('of correct samples by class are the recall of scikit-learn, with its interval', async () => {
    const found = await cells({ mark: 'bar', x: 'truth', y: 'mean(correct)' });
    expect(found.map(({ n }) => n)).toEqual(parseNumbers(digits!.plain.support));
    const recall = parseNumbers(digits!.plain.recall);
    found.forEach(({ value, interval }, k) => {
      expect(value).toBeCloseTo(recall[k]!, 10);
      expect(interval!.low).toBeLessThanOrEqual(value);
      expect(interval!.high).toBeGreaterThanOrEqual(value);
    });
  });

  it('have bins with as many samples each, which a filter does not move', async () => {
    const all = await cells({ mark: 'bar', x: 'confidence@10' });
    const filtered = await cells({ mark: 'bar', x: 'confidence@10' }, 'label = 3', 'correct = true').catch(
      (error: unknown) => error,
    );
    expect(filtered).toMatchObject({ reason: 'FILTER_INVALID' });
    const some = await cells({ mark: 'bar', x: 'confidence@10' }, 'true_class = 3', 'correct = true');
    expect(all.reduce((sum, { n }) => sum + n, 0)).toBe(truth.length);
    expect(await cells({ mark: 'bar', x: 'confidence@10' }, 'truth = 3', 'correct = true')).toEqual(some);
    // Equal values share a bin, so that the last ones, of confidence 1, are larger.
    for (const { n } of all.slice(0, 4)) expect(Math.abs(n - truth.length / 10)).toBeLessThan(8);
    const names = new Set(all.map(({ x }) => x!.name));
    expect(some.every(({ x }) => names.has(x!.name))).toBe(true);
    let expected = 0;
    truth.forEach((own, row) => {
      expected += own === 3 && correct[row] === 1 ? 1 : 0;
    });
    expect(some.reduce((sum, { n }) => sum + n, 0)).toBe(expected);
  });

  it('are bins of equal width in a histogram, as numpy counts them', async () => {
    const [low, high] = [Math.min(...confidence), Math.max(...confidence)];
    const { counts, edges } = computeHistogram(confidence, { low, high, bins: 8 });
    const found = await cells({ mark: 'histogram', x: 'confidence@8' });
    expect(found.map(({ n }) => n)).toEqual([...counts].filter((count) => count > 0));
    for (const { x } of found) {
      expect(edges).toContain(x!.edges![0]);
      // The values of the bin are within its edges, so that a condition of them finds the same samples.
      expect(x!.low).toBeGreaterThanOrEqual(x!.edges![0]);
      expect(x!.high).toBeLessThanOrEqual(x!.edges![1]);
    }
  });

  it('keep the digits of values far from 0', async () => {
    const [near] = await cells({ mark: 'number', y: 'mean(confidence)' });
    const [far] = await cells({ mark: 'number', y: 'mean(metadata.far)' });
    expect(far!.interval!.high - far!.interval!.low).toBeCloseTo(
      near!.interval!.high - near!.interval!.low,
      6,
    );
  });

  it('have colour, facet and the facts of the run', async () => {
    const found = await cells({
      mark: 'line',
      x: 'epoch',
      y: 'mean(confidence)',
      color: 'split',
      facet: 'run',
    });
    expect(found.map(({ x, color, facet }) => [x!.name, color!.name, facet!.name])).toEqual([
      ['3', 'training', 'first'],
      ['3', 'validation', 'first'],
      ['3', 'test', 'first'],
    ]);
    const one = await cells({ mark: 'number', where: 'split = SPLIT_TEST' });
    expect(one[0]!.value).toBe(found[2]!.n);
  });

  it.each([
    [{ mark: 'bar', x: 'colour' }, 'FIELD_UNKNOWN', 'known: confidence, correct, epoch, metadata.far'],
    [{ mark: 'bar', x: 'split@10' }, 'FIELD_NOT_NUMERIC', '"split" is a text and has no bins'],
    [{ mark: 'histogram', x: 'split' }, 'FIELD_NOT_NUMERIC', 'write bar instead of histogram'],
    [{ mark: 'bar', x: 'truth', y: 'mean(split)' }, 'FIELD_NOT_NUMERIC', '"split" is a text'],
    [{ mark: 'bar', x: 'confidence@100', color: 'confidence@200' }, 'TOO_MANY_GROUPS', '10000 are allowed'],
    [{ mark: 'bar', x: 'truth', where: 'colour = 1' }, 'FILTER_INVALID', 'there is no field "colour"'],
  ])('%j is refused with %s', async (chart, reason, message) => {
    const error: unknown = await cells(chart).catch((one: unknown) => one);
    expect(error).toMatchObject({ reason });
    expect((error as Error).message).toContain(message);
  });

  it('refuse a field with more than 1000 numbers and name bins', async () => {
    const values = Float64Array.from({ length: 1001 }, (_, row) => row / 3);
    const wide = new ChartQueries({
      ...frame,
      rows: 1001,
      columns: new Map([['loss', { kind: 'number', values }]]),
    });
    const [chart] = parseDocument({ version: 1, charts: [{ mark: 'bar', x: 'loss' }] }).charts;
    await expect(wide.cells(chart as MarkChart)).rejects.toThrow('write loss@10 for ten bins');
  });
});
