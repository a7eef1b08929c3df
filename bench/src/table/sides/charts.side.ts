import { ChartQueries, type Column, type Frame, type MarkChart, parseDocument } from '@noema/evaluation';
import { quantile } from '../../statistics.js';
import type { DataFolder } from '../data/data.folder.js';
import type { SideKind } from './side.js';

/** How often the rows of the data are repeated. */
const REPEATS = 10;
const CLASSES = 10;
const FILTERS = 10;
const SPLITS = ['training', 'validation', 'test'];

/** The dashboard, as bench/python/duckdb_charts.py writes it in SQL. */
const CHARTS = [
  { mark: 'number', y: 'mean(correct)' },
  { mark: 'number', y: 'mean(loss)' },
  { mark: 'bar', x: 'truth', y: 'mean(correct)' },
  { mark: 'bar', x: 'truth', y: 'mean(loss)' },
  { mark: 'bar', x: 'predicted', y: 'count()' },
  { mark: 'heatmap', x: 'predicted', y: 'truth', z: 'count()' },
  { mark: 'bar', x: 'split', y: 'mean(correct)' },
  { mark: 'line', x: 'metadata.first@10', y: 'mean(loss)' },
  { mark: 'line', x: 'metadata.second@10', y: 'mean(correct)' },
  { mark: 'histogram', x: 'loss@20', y: 'count()' },
  { mark: 'bar', x: 'truth', color: 'split', y: 'mean(correct)' },
  { mark: 'heatmap', x: 'truth', y: 'split', z: 'mean(loss)' },
];

/** Refreshes of a dashboard of 12 charts over 1,000,000 rows, with a new filter across all charts each time. */
export const chartsSide: SideKind = {
  key: 'charts',
  async prepare(data) {
    const frame = buildFrame(data);
    const queries = new ChartQueries(frame);
    const charts = parseDocument({ version: 1, charts: CHARTS }).charts as readonly MarkChart[];
    const limits = quantiles(frame);
    let [turn, groups, sum] = [0, 0, 0];
    const times: number[] = [];
    const refresh = async (limit: number): Promise<void> => {
      [groups, sum] = [0, 0];
      for (const chart of charts) {
        const cells = await queries.cells(chart, [`metadata.third < ${limit}`]);
        groups += cells.length;
        for (const { value } of cells) sum += value;
      }
    };
    await refresh(limits.at(-1)! + 1);
    return {
      // Each turn has filters of its own, so that no result of the turn before serves.
      work: async () => {
        turn++;
        for (const limit of limits) {
          const start = performance.now();
          await refresh(limit + turn * 1e-6);
          times.push(performance.now() - start);
        }
      },
      save: async () => ({ 'refresh ms': quantile(times, 0.5), groups, sum }),
    };
  },
};

/** Losses, predictions and three numbers of each sample, from the responses of the last layer and others. */
function buildFrame(data: DataFolder): Frame {
  const [responses, labels] = [data.floats('responses.f32'), data.labels()];
  const once = labels.length;
  const [units, rows] = [responses.length / once, once * REPEATS];
  const numbers = (): Float32Array<ArrayBuffer> => new Float32Array(rows);
  const [truth, predicted, loss] = [numbers(), numbers(), numbers()];
  const metadata = [numbers(), numbers(), numbers()];
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = row % once;
    const logits = responses.subarray((own + 1) * units - CLASSES, (own + 1) * units);
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    truth[row] = labels[own]!;
    predicted[row] = logits.indexOf(largest);
    loss[row] = largest + Math.log(sum) - logits[labels[own]!]!;
    correct[row] = predicted[row] === truth[row] ? 1 : 0;
    metadata.forEach((values, i) => {
      values[row] = responses[own * units + i]!;
    });
  }
  const columns: [string, Column][] = [
    ['true_class', { kind: 'number', values: truth }],
    ['predicted_class', { kind: 'number', values: predicted }],
    ['loss', { kind: 'number', values: loss }],
    ['correct', { kind: 'boolean', values: correct }],
    [
      'split',
      { kind: 'text', codes: Int32Array.from(truth, (_, row) => row % SPLITS.length), names: SPLITS },
    ],
    ...['first', 'second', 'third'].map((name, i): [string, Column] => [
      `metadata.${name}`,
      { kind: 'number', values: metadata[i]! },
    ]),
  ];
  return { version: 'current', run: 'bench', epoch: 1, rows, columns: new Map(columns) };
}

/** Limits of `metadata.third` that 30 to 75 % of the rows are below. */
function quantiles({ columns }: Frame): readonly number[] {
  const column = columns.get('metadata.third')!;
  if (column.kind !== 'number') throw new Error('metadata.third is not a number');
  const sorted = column.values.slice().sort();
  return Array.from({ length: FILTERS }, (_, i) => sorted[Math.floor(sorted.length * (0.3 + 0.05 * i))]!);
}
