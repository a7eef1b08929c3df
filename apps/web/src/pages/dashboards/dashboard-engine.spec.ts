import { type Column, reportClasses, computeConfusion } from '@noema/evaluation';
import { SPLIT_FIELD } from '@noema/kernel/filter-language';
import { describe, expect, it } from 'vitest';
import { DashboardEngine } from './dashboard-engine.js';
import { listGroups } from '../../parts/charts/chart.js';
import { chartTitle, toDrawings } from './chart-marks.js';
import type { DashboardDrawing } from './dashboard-mark.js';
import type { DashboardField } from './dashboard-fields.js';
import { readDocumentText } from '../../features/document/document-text.js';
import { toCalls } from './dashboard.query.js';
import { defaultDashboard } from './default-dashboard.js';
import { usedColumns } from './frame-columns.js';

const ROWS = 600;
const NAMES = ['cat', 'dog "Rex"', '7'];
const FIELDS: readonly DashboardField[] = [
  { name: 'loss', kind: 'number' },
  { name: 'predicted_class', kind: 'text' },
  { name: 'correct', kind: 'boolean' },
  { name: 'confidence', kind: 'number' },
  { name: 'true_class', kind: 'text' },
  { name: 'split', kind: 'text' },
  { name: 'metadata.pen width', kind: 'number' },
];
const truth = Int32Array.from({ length: ROWS }, (_, row) => row % 3);
const predicted = truth.map((code, row) => (row % 7 === 0 ? (code + 1) % 3 : code));
const columns: readonly (readonly [string, Column])[] = [
  ['loss', { kind: 'number', values: Float32Array.from({ length: ROWS }, (_, row) => row / ROWS) }],
  ['predicted_class', { kind: 'text', codes: predicted, names: NAMES }],
  [
    'correct',
    { kind: 'boolean', values: Uint8Array.from(truth, (code, row) => (code === predicted[row] ? 1 : 0)) },
  ],
  [
    'confidence',
    { kind: 'number', values: Float32Array.from({ length: ROWS }, (_, row) => (row % 100) / 100) },
  ],
  ['true_class', { kind: 'text', codes: truth, names: NAMES }],
  [
    'split',
    {
      kind: 'text',
      codes: truth.map((_, row) => row % 2),
      names: ['training', 'validation'],
      enum: SPLIT_FIELD,
    },
  ],
  [
    'metadata.pen width',
    { kind: 'number', values: Float32Array.from({ length: ROWS }, (_, row) => row % 50) },
  ],
];

function engine(): DashboardEngine {
  const made = new DashboardEngine();
  made.open({ version: 'current', run: 'run', epoch: 3, rows: ROWS });
  made.addColumns('current', columns);
  return made;
}
const read = (text: string) => readDocumentText(`version: 1\ncharts:\n${text}`).document!;

describe('the charts of a dashboard', () => {
  it('are filtered by the chosen marks of the others, and each mark has the condition of its samples', async () => {
    const document = read(
      '  - { mark: bar, x: truth, y: count() }\n  - { mark: bar, x: split, y: mean(correct) }',
    );
    const first = await engine().compute(toCalls(document, []), []);
    const [drawing] = toDrawings(document.charts[0]!, first.charts[0]!.cells!, FIELDS);
    expect(drawing!.marks.map(({ n }) => n)).toEqual([200, 200, 200]);
    // A name with quotes survives as a condition.
    const where = drawing!.marks[1]!.where!;
    const filters = [{ chart: 0, where }];
    const filtered = await engine().compute(toCalls(document, filters), [where]);
    expect(filtered.matching).toBe(200);
    expect(filtered.charts[0]!.cells!.map(({ n }) => n)).toEqual([200, 200, 200]);
    expect(filtered.charts[1]!.cells!.map(({ n }) => n)).toEqual([100, 100]);
  });

  it('lead from every mark to as many samples as it counts', async () => {
    const document = read(
      '  - { mark: heatmap, x: "\\"metadata.pen width\\"@7", y: correct, z: mean(loss) }\n' +
        '  - { mark: line, x: loss@9, y: mean(correct), color: predicted, facet: split }\n' +
        '  - { mark: bar, x: truth, where: "loss > 0.5 AND confidence < 0.7" }\n' +
        '  - { mark: bar, x: truth, on: sure, where: "split = validation OR loss > 0.9" }\n' +
        '  - { reduce: confusion }\nslices:\n  sure: { where: "confidence > 0.5" }',
    );
    const calls = toCalls(document, []);
    const { charts } = await engine().compute(calls, []);
    for (const [at, { cells }] of charts.entries())
      for (const { marks } of toDrawings(document.charts[at]!, cells!, FIELDS, calls[at]!.own))
        for (const { n, where } of marks) expect(await engine().rows([where!])).toHaveLength(n);
  });

  it('lead from a precision to the predictions of its class, and from a recall to its samples', async () => {
    const document = read('  - { reduce: classes }');
    const { cells } = (await engine().compute(toCalls(document, []), [])).charts[0]!;
    const [{ marks }] = toDrawings(document.charts[0]!, cells!, FIELDS) as [DashboardDrawing];
    for (const { n, where, series } of marks) {
      expect(where).toMatch(series === 'precision' ? /^predicted_class = / : /^true_class = /);
      expect(await engine().rows([where!])).toHaveLength(n);
    }
  });

  it('have bars of a histogram that touch and do not overlap', async () => {
    const document = read('  - { mark: histogram, x: confidence }');
    const { cells } = (await engine().compute(toCalls(document, []), [])).charts[0]!;
    const [{ marks }] = toDrawings(document.charts[0]!, cells!, FIELDS) as [DashboardDrawing];
    expect(marks).toHaveLength(100);
    for (const [at, { low }] of marks.slice(1).entries()) expect(low).toBeCloseTo(marks[at]!.high!, 5);
  });

  it('have the precision and recall of libs/evaluation', async () => {
    const document = read('  - { reduce: classes }');
    const cells = (await engine().compute(toCalls(document, []), [])).charts[0]!.cells!;
    const expected = reportClasses(computeConfusion({ truth, predicted }, 3)).classes;
    for (const [index, name] of NAMES.entries())
      for (const [metric, key] of [
        ['precision', 'precision'],
        ['recall', 'recall'],
        ['F1', 'f1'],
      ] as const)
        expect(cells.find(({ x, color }) => x?.name === name && color?.name === metric)?.value).toBeCloseTo(
          expected[index]![key],
          12,
        );
  });

  it('have shares of the ground truth that sum to 1 in each row of a confusion matrix', async () => {
    const document = read('  - { reduce: confusion, normalize: truth }');
    const cells = (await engine().compute(toCalls(document, []), [])).charts[0]!.cells!;
    for (const name of NAMES)
      expect(
        cells.filter(({ y }) => y?.name === name).reduce((sum, { value }) => sum + value, 0),
      ).toBeCloseTo(1);
  });

  it('report an unknown field, a missing version and missing scores, and compute the other charts', async () => {
    const document = read(
      '  - { mark: bar, x: nothing }\n  - { reduce: confusion, versions: [previous] }\n' +
        '  - { reduce: pr, class: cat }\n  - { mark: number, y: mean(loss) }',
    );
    const made = engine();
    made.addScores('current', { fault: { reason: 'EVALUATION_MISSING', message: 'there is none' } });
    const { charts } = await made.compute(toCalls(document, []), []);
    expect(charts.map(({ fault }) => fault?.reason)).toEqual([
      'FIELD_UNKNOWN',
      'VERSION_NOT_CHOSEN',
      'EVALUATION_MISSING',
      undefined,
    ]);
    expect(charts[3]!.cells![0]).toMatchObject({ n: ROWS });
  });

  it('compare two versions where they divide by version', async () => {
    const two = engine();
    two.open({ version: 'previous', run: 'before', epoch: 1, rows: ROWS });
    two.addColumns('previous', columns);
    const document = read('  - { mark: bar, x: split, y: mean(loss), color: version }\n  - { mark: number }');
    const { charts } = await two.compute(toCalls(document, []), []);
    expect(charts.map(({ cells }) => cells!.length)).toEqual([4, 1]);
  });

  it('draw a matrix for each version, and lead from the previous one only by what both share', async () => {
    const two = engine();
    two.open({ version: 'previous', run: 'before', epoch: 1, rows: ROWS });
    two.addColumns('previous', columns);
    const document = read(
      '  - { reduce: confusion, versions: [current, previous] }\n' +
        '  - { mark: bar, x: truth, y: mean(correct), color: version }',
    );
    const { charts } = await two.compute(toCalls(document, []), []);
    const [now, before] = toDrawings(document.charts[0]!, charts[0]!.cells!, FIELDS);
    expect([now!.facet, before!.facet]).toEqual(['current', 'previous']);
    expect(now!.marks).toHaveLength(before!.marks.length);
    expect(now!.marks.every(({ where }) => where !== undefined)).toBe(true);
    expect(before!.marks.every(({ where }) => where === undefined)).toBe(true);
    const [bars] = toDrawings(document.charts[1]!, charts[1]!.cells!, FIELDS);
    expect(bars!.marks.filter(({ version }) => version === 'previous')[0]!.where).toBe('true_class = "cat"');
  });

  it('have their groups in the order of the field where the first row lacks some', async () => {
    const made = engine();
    made.open({ version: 'current', run: 'run', epoch: 3, rows: 4 });
    made.addColumns('current', [
      ['true_class', { kind: 'text', codes: Int32Array.of(0, 0, 1, 2), names: NAMES }],
      ['predicted_class', { kind: 'text', codes: Int32Array.of(0, 2, 1, 2), names: NAMES }],
    ]);
    const document = read('  - { mark: heatmap, x: predicted, y: truth, z: count() }');
    const { cells } = (await made.compute(toCalls(document, []), [])).charts[0]!;
    const [{ spec, marks }] = toDrawings(document.charts[0]!, cells!, FIELDS) as [DashboardDrawing];
    expect(listGroups(marks)).toEqual(['cat', '7', 'dog "Rex"']);
    expect(listGroups(marks, spec.x.order)).toEqual(NAMES);
  });

  it('load the columns that they and the filters read', () => {
    const document = read('  - { mark: bar, x: truth, y: mean(correct), where: "split = validation" }');
    // `label` stands for the class name where no metadata have that name.
    expect(usedColumns(document.charts, ['NOT label = "cat" OR loss > 1'], FIELDS).toSorted()).toEqual([
      'correct',
      'loss',
      'split',
      'true_class',
    ]);
  });
});

describe('the title of a chart', () => {
  it.each([
    ['{ mark: bar, x: loss, y: count() }', 'Number of samples by loss'],
    ['{ mark: bar, x: truth, y: mean(correct) }', 'Share of correct samples by truth'],
    ['{ mark: heatmap, x: truth, y: split, z: mean(loss) }', 'Mean loss by split and truth'],
    ['{ mark: number, y: sum(metadata.ink_used) }', 'Sum of ink used'],
    ['{ mark: number, y: max(loss) }', 'Largest loss'],
    ['{ mark: scatter, x: loss, y: confidence, color: correct }', 'Confidence against loss'],
  ])('says %s in words', (chart, title) => {
    expect(read(`  - ${chart}`).charts.map(chartTitle)).toEqual([title]);
  });
});

describe('the proposed dashboard', () => {
  const without = (...names: string[]) => FIELDS.filter(({ name }) => !names.includes(name));

  it.each([
    ['classes', FIELDS],
    ['no ground truth', without('loss', 'correct', 'true_class')],
    [
      'a regression',
      [
        ...without('predicted_class', 'correct', 'true_class', 'confidence'),
        { name: 'target', kind: 'number' },
        { name: 'residual', kind: 'number' },
        { name: 'prediction', kind: 'number' },
      ] as DashboardField[],
    ],
    ['no field but the split', FIELDS.filter(({ name }) => name === 'split')],
  ])('fits data with %s', (_, fields) => {
    const { document, fault } = readDocumentText(defaultDashboard(fields));
    expect(fault).toBeUndefined();
    const known = new Set(fields.map(({ name }) => name));
    for (const name of usedColumns(document!.charts, [], FIELDS)) expect(known).toContain(name);
    expect(new Set(document!.charts.map(chartTitle)).size).toBe(document!.charts.length);
  });
});
