import * as z from 'zod';
import { finite } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { formatSample } from '../format.js';
import * as inputs from '../inputs.js';
import { findMap } from '../platform/find-map.js';
import { findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { findSample } from '../platform/find-sample.js';
import { defineTool } from '../tool.js';
import { formatEvaluation } from './samples.tool.js';

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  epoch: inputs.epoch,
  output: inputs.output,
  sample: inputs.sample,
  row: inputs.row,
  k: z.int().min(1).max(200).default(12).describe('number of similar samples'),
  where: inputs.where.describe(
    'condition over the samples that are searched, such as `class_name != "3" AND split = training`',
  ),
  cursor: inputs.cursor,
});

export const similar = defineTool({
  name: 'similar',
  title: 'Similar',
  description:
    'Finds the samples that the model sees as most similar to one sample, nearest first, with their ' +
    'predictions.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, epoch, output: asked, k, where, ...address }) {
    const { platform } = context;
    const run = await findRun(context, { project, run: name });
    const { output, fact } = findOutput(run, asked);
    const [map, sample] = await Promise.all([
      findMap(context, run, epoch),
      findSample(context, run.datasetVersionId, address),
    ]);
    const found = await platform.similarity.findSimilar({
      activationSetId: map.activationSetId,
      queries: [sample.ref],
      k,
      filter: where,
    });
    const rows = found.similar.map(({ row }) => row);
    const { evaluations } =
      rows.length === 0
        ? { evaluations: [] }
        : await platform.evaluations.listSampleEvaluations({
            runId: run.id,
            epoch: map.epoch,
            output,
            rows,
            pageSize: 1000,
          });
    const byRow = new Map(evaluations.map((one) => [one.row, formatEvaluation(one)]));
    return {
      facts: {
        run: new DataText(run.displayName),
        run_id: run.id,
        epoch: map.epoch,
        ...fact,
        query: formatSample(sample.ref),
        n: found.candidateCount,
        recall: finite(found.recall),
        recall_of: 'the index: the share of the true neighbors that it finds',
      },
      list: {
        items: found.similar.map(({ rank, row, sample: ref, distance, similarity }) => ({
          rank,
          row,
          sample: formatSample(ref),
          distance: finite(distance),
          similarity: finite(similarity),
          ...byRow.get(row),
        })),
        source: map.id,
        whenEmpty: {
          reason: where === '' ? 'the run has no other samples' : sentence`no other sample meets ${where}`,
          next_step: 'widen where',
        },
      },
    };
  },
});
