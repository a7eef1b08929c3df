import { writeMatrix } from '@noema/artifacts';
import {
  type Column,
  estimateAreaUnderRoc,
  estimateAveragePrecision,
  rankScores,
  type ReductionChart,
} from '@noema/evaluation';
import { SPLIT_FIELD } from '@noema/kernel/filter-language';
import { describe, expect, it } from 'vitest';
import { EvaluationColumns } from '../../features/evaluation/evaluation-columns.js';
import { areaText } from '../../features/evaluation/score-charts.js';
import { readDocumentText } from '../../features/document/document-text.js';
import type { DashboardDrawing } from './dashboard-mark.js';
import { type ChartResult, DashboardEngine } from './dashboard-engine.js';
import type { DashboardField } from './dashboard-fields.js';
import { toCalls } from './dashboard.query.js';
import { usedColumns } from './frame-columns.js';
import { mapFilters } from './sample-links.js';
import { drawScores } from './score-drawings.js';
import { listScoreFields, listScoreVersions } from './score-fields.js';

const ROWS = 600;
const NAMES = ['cat', 'dog "Rex"', '7'];
const FIELDS: readonly DashboardField[] = [
  { name: 'loss', kind: 'number' },
  { name: 'split', kind: 'text' },
];
const truth = Int32Array.from({ length: ROWS }, (_, row) => row % 3);
const predicted = truth.map((code, row) => (row % 7 === 0 ? (code + 1) % 3 : code));
const correct = Uint8Array.from(truth, (code, row) => Number(code === predicted[row]));
const columns: readonly (readonly [string, Column])[] = [
  ['loss', { kind: 'number', values: Float32Array.from({ length: ROWS }, (_, row) => row / ROWS) }],
  ['correct', { kind: 'boolean', values: correct }],
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
];

function engine(): DashboardEngine {
  const made = new DashboardEngine();
  made.open({ version: 'current', run: 'run', epoch: 3, rows: ROWS });
  made.addColumns('current', columns);
  return made;
}
const read = (text: string) => readDocumentText(`version: 1\ncharts:\n${text}`).document!;

/** The evaluation of the rows: the predicted class has the confidence, and the others share the rest. */
function scoreFile(rows = ROWS): Uint8Array {
  const probabilities = Float32Array.from({ length: rows * 3 }, (_, at) => {
    const confidence = ((Math.floor(at / 3) * 7) % 60) / 100 + 0.4;
    return predicted[Math.floor(at / 3)] === at % 3 ? confidence : (1 - confidence) / 2;
  });
  const one = { rows, dims: [] };
  return writeMatrix([
    { name: 'loss', data: new Float32Array(rows), ...one },
    { name: 'has_loss', data: new Uint8Array(rows).fill(1), ...one },
    { name: 'predicted_class', data: predicted.slice(0, rows), ...one },
    { name: 'true_class', data: truth.slice(0, rows), ...one },
    { name: 'probabilities', data: probabilities, rows, dims: [3] },
  ]);
}

describe('the curves of a dashboard', () => {
  const withScores = (): DashboardEngine => {
    const made = engine();
    made.addScores('current', { bytes: scoreFile(), classNames: NAMES });
    return made;
  };
  const scores = EvaluationColumns.read(scoreFile()).matrix('probabilities')!.data;
  const columnsWith = (): DashboardEngine => {
    const made = withScores();
    const confidence = Float32Array.from(truth, (_, row) => scores[row * 3 + predicted[row]!]!);
    made.addColumns('current', [['confidence', { kind: 'number', values: confidence }]]);
    return made;
  };

  it('have the areas of libs/evaluation over the rows that meet all filters', async () => {
    const document = read(
      '  - { reduce: pr, class: cat, where: "loss > 0.25" }\n  - { reduce: roc, class: cat }',
    );
    const filters = [{ chart: 7, where: 'split = validation' }];
    const { charts } = await withScores().compute(toCalls(document, filters), []);
    const areas = [(row: number) => row % 2 === 1 && row / ROWS > 0.25, (row: number) => row % 2 === 1].map(
      (isChosen) => {
        const rows = [...truth.keys()].filter(isChosen);
        return rankScores({
          isPositive: Uint8Array.from(rows, (row) => Number(truth[row] === 0)),
          scores: Float64Array.from(rows, (row) => scores[row * 3]!),
        });
      },
    );
    const [ap, auc] = [estimateAveragePrecision(areas[0]!), estimateAreaUnderRoc(areas[1]!)];
    expect(charts[0]!.scores![0]!.note).toBe(areaText('AP', ap, areas[0]!.positives + areas[0]!.negatives));
    expect(charts[1]!.scores![0]!.note).toBe(areaText('area', auc, 300));
  });

  it('lead from every mark to as many samples as it counts', async () => {
    const document = read(
      '  - { reduce: pr, class: \'dog "Rex"\', on: later }\n  - { reduce: thresholds, class: cat }\n' +
        '  - { reduce: calibration }\n  - { reduce: calibration, class: cat }\n  - { reduce: confidence }\n' +
        'slices:\n  later: { where: "loss > 0.5" }',
    );
    const calls = toCalls(document, []);
    const made = columnsWith();
    const { charts } = await made.compute(calls, []);
    for (const [at, { scores: own }] of charts.entries()) {
      const [{ marks }] = drawScores(document.charts[at] as ReductionChart, own!) as [DashboardDrawing];
      expect(marks.length).toBeGreaterThan(3);
      // Precisions count the samples from the threshold on; recalls and F1 count others.
      for (const { n, where, series } of marks)
        if (where !== undefined && (series === undefined || /precision|correct|mis/.test(series)))
          expect(await made.rows([where])).toHaveLength(n);
    }
  });

  it('filter other charts by a score, with the columns of the rest of the condition', async () => {
    const document = read('  - { reduce: roc, class: cat }\n  - { mark: number }');
    const where = '(split = validation) AND "score of cat" >= 0.7';
    const made = withScores();
    const { charts, matching } = await made.compute(toCalls(document, [{ chart: 0, where }]), [where]);
    const expected = [...truth.keys()].filter((row) => row % 2 === 1 && scores[row * 3]! >= 0.7).length;
    expect([matching, charts[1]!.cells![0]!.n]).toEqual([expected, expected]);
    const fields = [...FIELDS, ...listScoreFields(document.charts, NAMES)];
    expect(usedColumns(document.charts, [where], fields)).toEqual(['split']);
    const versions = ['current', 'previous'];
    expect(listScoreVersions(document.charts, [where], versions)).toEqual(versions);
    expect(listScoreVersions(document.charts, ['split = validation'], versions)).toEqual(['current']);
    const rows = Uint32Array.from({ length: 50_000 }, (_, i) => 7 * i + ((i * i) % 5));
    expect(
      mapFilters(rows, { count: 1e9, filters: [where], fields, toColumn: (field) => field }),
    ).toBeUndefined();
  });

  it('are drawn on top of each other for two versions, and lead nowhere from the previous one', async () => {
    const two = withScores();
    two.open({ version: 'previous', run: 'before', epoch: 1, rows: ROWS });
    two.addColumns('previous', columns);
    two.addScores('previous', { bytes: scoreFile(), classNames: NAMES });
    const document = read('  - { reduce: thresholds, class: cat, versions: [current, previous] }');
    const [{ scores: found }] = (await two.compute(toCalls(document, []), [])).charts as [ChartResult];
    const chart = document.charts[0] as ReductionChart;
    const [drawing] = drawScores(chart, found!);
    expect(new Set(drawing!.marks.map(({ series }) => series))).toContain('recall, previous');
    expect(drawing!.marks.filter(({ version }) => version === 'previous').some(({ where }) => where)).toBe(
      false,
    );
    const [alone] = drawScores(chart, [{ marks: [], note: '', reason: 'One class.' }, found![1]!]);
    expect(alone!.marks[0]!.series).toBe('precision, previous');
    expect(alone!.note).toBe('current: One class. · previous: n = 600');
  });

  it('are refused for other samples and for an unknown class, and absent for one class alone', async () => {
    const document = read(
      '  - { reduce: pr, class: cow }\n  - { reduce: pr, class: cat, where: "true_class = \\"cat\\"" }',
    );
    const { charts } = await withScores().compute(toCalls(document, []), []);
    expect(charts[0]!.fault!.message).toContain('there is no class "cow"; write class, one of cat, dog');
    expect(charts[1]!.scores![0]!.reason).toContain('There is no curve without samples');
    const made = engine();
    made.addScores('current', { bytes: scoreFile(10), classNames: NAMES });
    const [refused] = (await made.compute(toCalls(document, []), [])).charts;
    expect(refused!.fault).toMatchObject({ reason: 'ROWS_DIFFER' });
  });
});
