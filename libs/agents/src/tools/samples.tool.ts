import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { readScore } from '@noema/evaluation';
import * as z from 'zod';
import type { Value } from '../answer/answer.js';
import { finite } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { readCorrect, resolveEpoch } from '@noema/judging';
import { formatClass, formatSample } from '../format.js';
import * as inputs from '../inputs.js';
import { findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { type AgentContext, defineTool } from '../tool.js';

const PAGE_SIZE = 100;
const ORDERS = { 'highest loss': 'loss desc', 'lowest loss': 'loss', row: 'row' } as const;

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  epoch: inputs.epoch,
  output: inputs.output,
  where: inputs.where,
  order: z
    .enum(['highest loss', 'lowest loss', 'row'])
    .default('highest loss')
    .describe('order of the samples'),
  metadata: z.boolean().default(false).describe('true adds the metadata of each sample'),
  cursor: inputs.cursor,
});

export const samples = defineTool({
  name: 'samples',
  title: 'Samples',
  description:
    'Lists the samples of a run that meet a condition, with ground truth, prediction, confidence and ' +
    'loss: the worst ones first. Each row is one sample; n is the number of all samples that match.',
  input,
  readsOnly: true,
  async run(context, given, { token }) {
    const { project, run: name, epoch: number, where, order, metadata } = given;
    const run = await findRun(context, { project, run: name });
    const { output, fact } = findOutput(run, given.output);
    const epoch = resolveEpoch(run, number);
    const page = await context.platform.evaluations.listSampleEvaluations({
      runId: run.id,
      epoch,
      output,
      filter: where,
      orderBy: ORDERS[order],
      pageSize: PAGE_SIZE,
      pageToken: token,
    });
    const rows = page.evaluations.map(({ row }) => row);
    const described = metadata ? await readMetadata(context, run.datasetVersionId, rows) : undefined;
    return {
      facts: { run: new DataText(run.displayName), run_id: run.id, epoch, ...fact, n: page.totalSize },
      list: {
        items: page.evaluations.map((sample) => ({
          ...formatEvaluation(sample),
          metadata: formatMetadata(described?.get(sample.row)),
        })),
        token,
        nextToken: page.nextPageToken,
        source: `${run.id}@${epoch}`,
        whenEmpty: {
          reason:
            where === '' ? 'the run evaluated no samples' : sentence`no sample of the run meets ${where}`,
          next_step: 'widen where, or call describe for the fields and their values',
        },
      },
    };
  },
});

/** Prediction and loss of one sample. */
export function formatEvaluation(sample: SampleEvaluation): { readonly [name: string]: Value | undefined } {
  const confidence = findConfidence(sample);
  return {
    row: sample.row,
    sample: formatSample(sample.sample),
    truth: formatClass(sample.trueClassName, sample.trueClass),
    predicted: formatClass(sample.predictedClassName, sample.predictedClass),
    confidence: confidence === undefined ? undefined : finite(confidence),
    predictions: sample.predictions.length === 0 ? undefined : sample.predictions.map(finite),
    targets: sample.targets.length === 0 ? undefined : sample.targets.map(finite),
    correct: readCorrect(sample),
    loss: sample.hasLoss ? finite(sample.loss) : null,
    residual: sample.residual === undefined ? undefined : finite(sample.residual),
    pixel_accuracy: sample.pixelAccuracy === undefined ? undefined : finite(sample.pixelAccuracy),
    iou: sample.iou === undefined ? undefined : finite(sample.iou),
  };
}

/** The score of the predicted class; one number of an output is the score of the second of two classes. */
function findConfidence({ probabilities, predictedClass }: SampleEvaluation): number | undefined {
  if (predictedClass < 0 || probabilities.length === 0) return undefined;
  return readScore(
    { scores: Float64Array.from(probabilities), width: probabilities.length },
    0,
    predictedClass,
  );
}

async function readMetadata(
  { platform }: AgentContext,
  datasetVersionId: string,
  rows: readonly number[],
): Promise<ReadonlyMap<number, Sample>> {
  if (rows.length === 0) return new Map();
  const page = await platform.samples.listSamples({
    datasetVersionId,
    rows: [...rows],
    pageSize: rows.length,
  });
  return new Map(page.samples.map((sample) => [sample.row, sample]));
}

const MAX_COLUMNS = 20;

/** Metadata as names and values: both come from data. */
export function formatMetadata(sample: Sample | undefined): Value | undefined {
  if (sample === undefined) return undefined;
  const all = Object.entries(sample.metadata ?? {});
  const shown = all.slice(0, MAX_COLUMNS).map(([name, value]) => ({
    name: new DataText(name, 80),
    value:
      typeof value === 'string'
        ? new DataText(value)
        : typeof value === 'number'
          ? finite(value)
          : value === true || value === false
            ? value
            : null,
  }));
  return all.length > shown.length ? [...shown, `${all.length - shown.length} more columns`] : shown;
}
