import {
  type ChartCell,
  ChartQueries,
  MARKS,
  MAX_POINTS,
  type MarkChart,
  parseDocument,
  REDUCTIONS,
  type ReductionChart,
  reduceOutputs,
  SCATTER,
  type ScatterChart,
} from '@noema/evaluation';
import { metadataColumn, toOutputColumn } from '@noema/population/rules';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import * as z from 'zod';
import type { Answer, Emptiness, Value } from '../answer/answer.js';
import { estimate, exact, finite } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { chartColumns } from '../evaluation/chart-columns.js';
import { loadFrame } from '../evaluation/run-frame.js';
import { loadOutputs } from '../evaluation/run-outputs.js';
import { RunSamples } from '@noema/judging';
import { formatReduction } from '../evaluation/format-reduction.js';
import { countSplits, listSplits } from '../evaluation/splits.js';
import * as inputs from '../inputs.js';
import { findMap } from '../platform/find-map.js';
import { type ChosenOutput, findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { type AgentContext, defineTool } from '../tool.js';

const axis = (description: string) => z.string().max(400).optional().describe(description);
const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  epoch: inputs.epoch,
  output: inputs.output,
  mark: z
    .enum([...MARKS, SCATTER])
    .optional()
    .describe(
      'groups of samples and a number of each; "number" is one number; "scatter" is single samples by x and y',
    ),
  x: axis(
    'field of the groups, such as `true_class`, `split` or `metadata.ink@10` for ten bins; of a scatter a number',
  ),
  y: axis(
    'number of each group: `count()`, `mean(correct)`, `mean(loss)`; of a heatmap the field of its rows; of a ' +
      'scatter a number, such as `loss`',
  ),
  z: axis('number of each cell of a heatmap'),
  color: axis('second field of the groups'),
  facet: axis('third field of the groups'),
  seed: z
    .int()
    .min(0)
    .optional()
    .describe(`of a scatter: seed of the ${MAX_POINTS} samples that it has at most; default: 0`),
  reduce: z.enum(REDUCTIONS).optional().describe('in place of mark: a metric of ground truth and prediction'),
  normalize: z
    .enum(['none', 'truth', 'prediction', 'all'])
    .optional()
    .describe('of reduce confusion: whole of the shares'),
  class: z
    .string()
    .max(400)
    .optional()
    .describe(
      'of reduce pr, roc, calibration, thresholds: name of the class; a calibration without it is of the predicted one',
    ),
  where: inputs.where,
  interval: z
    .number()
    .min(50)
    .lt(100)
    .optional()
    .describe('confidence of the intervals in percent; default: 95'),
  cursor: inputs.cursor,
});
type Input = z.output<typeof input>;

const NOTHING: Emptiness = {
  reason: 'no sample meets the condition and has the fields',
  next_step: 'widen where, or call describe for the fields and their values',
};

export const query = defineTool({
  name: 'query',
  title: 'Query',
  description:
    'Computes a chart of a run as numbers, each with n and an interval: {"mark": "bar", "x": ' +
    '"true_class", "y": "mean(correct)"}, {"mark": "number", "y": "mean(loss)", "where": "split = ' +
    'validation"} or {"reduce": "confusion"}.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, epoch, output: asked, cursor: _, ...chart }) {
    const run = await findRun(context, { project, run: name });
    const parsed = parseChart(chart);
    const chosen = findOutput(run, asked);
    const facts = { run: new DataText(run.displayName), run_id: run.id, ...chosen.fact };
    const of = { run, epoch, ...chosen };
    return parsed.kind === 'reduction'
      ? queryReduction(context, of, parsed, facts)
      : queryMark(context, of, parsed, facts);
  },
});

/** Run, epoch and output of a chart. */
interface Evaluated extends Pick<ChosenOutput, 'output'> {
  readonly run: Run;
  readonly epoch: number;
}

function parseChart(given: Omit<Input, 'project' | 'run' | 'epoch' | 'output' | 'cursor'>) {
  const chart = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return parseDocument({ version: 1, charts: [chart] }).charts[0]!;
}

async function queryMark(
  context: AgentContext,
  { run, epoch, output }: Evaluated,
  chart: MarkChart | ScatterChart,
  facts: Answer['facts'],
): Promise<Answer> {
  const { datasetVersionId } = run;
  const [map, { datasetVersion }] = await Promise.all([
    findMap(context, run, epoch),
    context.platform.datasets.getDatasetVersion({ datasetVersionId }),
  ]);
  const metadata = datasetVersion!.metadataColumns.map(({ name }) => metadataColumn(name));
  const columns = [...new Set([...chartColumns(chart, metadata), 'split'])];
  const outputs = run.objectives.map(({ output: name }) => name);
  const frame = await loadFrame(context, {
    ...{ run, map, columns },
    toColumn: (column) => toOutputColumn(column, output, outputs),
  });
  const queries = new ChartQueries(frame);
  const { items, facts: found } = await (chart.kind === 'scatter'
    ? listPoints(queries, chart)
    : listCells(queries, chart));
  return {
    facts: {
      ...facts,
      epoch: map.epoch,
      ...found,
      splits: countSplits(frame, await queries.rows([chart.where])),
      population: frame.rows,
    },
    list: {
      source: map.id,
      items,
      whenEmpty:
        chart.where === '' ? NOTHING : { ...NOTHING, reason: sentence`no sample meets ${chart.where}` },
    },
  };
}

interface Entries {
  readonly facts: Answer['facts'];
  readonly items: readonly Value[];
}

async function listCells(queries: ChartQueries, chart: MarkChart): Promise<Entries> {
  const cells = await queries.cells(chart);
  return {
    facts: { n: cells.reduce((sum, { n }) => sum + n, 0) },
    items: cells.map((cell) => formatCell(cell, chart.interval / 100)),
  };
}

/** The samples of a scatter: measured values, which have no interval. */
async function listPoints(queries: ChartQueries, chart: ScatterChart): Promise<Entries> {
  const { cells, rows, total, without } = await queries.points(chart);
  return {
    facts: {
      n: total,
      ...(without > 0 && { without_finite_numbers: without }),
      ...(cells.length < total && { random_sample: { n: cells.length, seed: chart.seed } }),
    },
    items: cells.map((cell, i) => ({
      row: rows[i]!,
      ...formatGroups(cell, ['facet', 'color']),
      x: finite(cell.x!.low!),
      y: finite(cell.y!.low!),
    })),
  };
}

const formatCell = (cell: ChartCell, confidence: number): Value => {
  const { n, value, interval } = cell;
  return {
    ...formatGroups(cell, ['facet', 'color', 'y', 'x']),
    ...(interval === undefined ? exact(value, n) : estimate(value, n, interval, confidence)),
  };
};

const formatGroups = (cell: ChartCell, names: readonly ('facet' | 'color' | 'y' | 'x')[]) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const level = cell[name];
      return level === undefined ? [] : [[name, new DataText(level.name)]];
    }),
  );

async function queryReduction(
  context: AgentContext,
  { run, epoch, output }: Evaluated,
  chart: ReductionChart,
  facts: Answer['facts'],
): Promise<Answer> {
  const { platform, maxRows, signal, cache } = context;
  const { datasetVersionId } = run;
  const { datasetVersion } = await platform.datasets.getDatasetVersion({ datasetVersionId });
  const samples = new RunSamples(platform, run, { epoch, output, maxRows, signal, cache });
  const classNames =
    output === ''
      ? datasetVersion!.classNames
      : await readClassNames(context, { run, output }, samples.epoch);
  const loaded = await loadOutputs(samples, chart, { classNames, maxRows });
  const whenEmpty =
    chart.where === '' ? NOTHING : { ...NOTHING, reason: sentence`no sample meets ${chart.where}` };
  const known = { ...facts, epoch: samples.epoch };
  if (loaded === undefined) return { facts: { ...known, n: 0 }, list: { items: [], whenEmpty } };
  const { outputs, n, rows, splits } = loaded;
  const reduced = reduceOutputs(
    chart,
    outputs,
    Uint32Array.from({ length: rows }, (_, i) => i),
  );
  const result = formatReduction(reduced, chart, loaded);
  return {
    facts: {
      ...known,
      n,
      without_ground_truth: rows === n ? undefined : rows - n,
      splits: listSplits(splits),
      ...result.facts,
    },
    list: { items: result.items, source: `${run.id}@${samples.epoch}`, whenEmpty },
  };
}

/** Names of the classes of an output; the data may name the classes of another one. */
async function readClassNames(
  { platform }: AgentContext,
  { run, output }: Pick<Evaluated, 'run' | 'output'>,
  epoch: number,
): Promise<readonly string[]> {
  const { classNames } = await platform.evaluations.compareEvaluations({
    runId: run.id,
    epoch,
    output,
    selection: { bitmap: Uint8Array.of(1) },
  });
  return classNames;
}
