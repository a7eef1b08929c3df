import { findSplit, findTask } from '@noema/contracts';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { metadataColumn } from '@noema/population/rules';
import * as z from 'zod';
import type { Answer, Value } from '../answer/answer.js';
import { estimate, exact, withoutInterval } from '../answer/estimate.js';
import { DataText } from '../answer/fence.js';
import { formatMetrics } from '../evaluation/format-metrics.js';
import { formatFault, formatJobState, formatRunState, formatTime, optionalText } from '../format.js';
import * as inputs from '../inputs.js';
import { findMap } from '../platform/find-map.js';
import { findProject } from '../platform/find-project.js';
import { findRun } from '../platform/find-run.js';
import { type AgentContext, defineTool } from '../tool.js';

const MAX_CLASSES = 50;

const input = z.strictObject({
  kind: z.enum(['project', 'run', 'dataset', 'map']).default('run').describe('what to describe'),
  project: inputs.project,
  run: inputs.run.describe('run by name or id, also of the dataset and the map; "latest" succeeded last'),
  epoch: inputs.epoch,
  cursor: inputs.cursor,
});
type Input = z.output<typeof input>;

export const describe = defineTool({
  name: 'describe',
  title: 'Describe',
  description:
    'Describes a project; a run with its metrics after each epoch; the dataset of a run with its splits, ' +
    'classes and the fields that conditions and charts may use; or a map with its trustworthiness and ' +
    'clusters.',
  input,
  readsOnly: true,
  run: (context, given, { token }) => DESCRIPTIONS[given.kind](context, given, token),
});

type Describe = (context: AgentContext, given: Input, token: string) => Promise<Answer>;

const DESCRIPTIONS: Readonly<Record<Input['kind'], Describe>> = {
  async project(context, given) {
    const project = await findProject(context, given.project);
    const listing = { projectId: project.id, pageSize: 1000 };
    const [{ runs }, { datasetVersions }, { models }] = await Promise.all([
      context.platform.runs.listRuns(listing),
      context.platform.datasets.listDatasetVersions(listing),
      context.platform.models.listModels(listing),
    ]);
    const counts = [
      { kind: 'runs', count: runs.length },
      { kind: 'datasets', count: datasetVersions.length },
      { kind: 'models', count: models.length },
    ];
    return {
      facts: {
        id: project.id,
        name: new DataText(project.displayName),
        description: optionalText(project.description),
        created: formatTime(project.createTime),
        counts_end_at: listing.pageSize,
      },
      list: { items: counts, whenEmpty: { reason: 'the project is empty', next_step: 'call find' } },
      ...(runs.length === 0 && {
        empty: {
          reason: 'the project has no runs, so there are no predictions to look at',
          next_step:
            'ask the person to start a run; `noema runs create` does, once there are data and a model',
        },
      }),
    };
  },

  async run(context, given, pageToken) {
    const run = await findRun(context, given);
    const page = await context.platform.epochs.listEpochs({ runId: run.id, pageSize: 100, pageToken });
    return {
      facts: {
        id: run.id,
        name: new DataText(run.displayName),
        state: formatRunState(run.state),
        task: findTask(run.task),
        outputs: formatOutputs(run),
        fault: formatFault(run.fault),
        epochs_done: run.epochsDone,
        dataset_id: run.datasetVersionId,
        model_version_id: run.modelVersionId,
        no_loss_reason: optionalText(run.noLossReason),
        created: formatTime(run.createTime),
        ended: formatTime(run.endTime),
        next_step: 'query computes these numbers of any part of the samples, with intervals',
      },
      list: {
        items: page.epochs.map(({ epoch, splits, partialReason }) => ({
          epoch,
          partial_reason: optionalText(partialReason),
          splits: splits.map(formatMetrics),
        })),
        token: pageToken,
        nextToken: page.nextPageToken,
        source: run.id,
        whenEmpty: {
          reason: 'the run has no finished epoch',
          next_step: 'call jobs to see how far it is, or describe again later',
        },
      },
    };
  },

  async dataset(context, given) {
    const { datasetVersionId } = await findRun(context, given);
    const { datasetVersion } = await context.platform.datasets.getDatasetVersion({ datasetVersionId });
    const version = datasetVersion!;
    return {
      facts: {
        id: version.id,
        name: new DataText(version.displayName),
        state: formatJobState(version.state),
        samples: version.sampleCount,
        skipped: version.skippedCount,
        splits: version.splits.map(({ split, count }) => ({ split: findSplit(split), count })),
        classes: version.classNames.slice(0, MAX_CLASSES).map((name) => new DataText(name, 60)),
        class_count: version.classNames.length,
        visualizers: version.visualizers.map(({ name, mediaType }) => ({
          name: new DataText(name),
          media_type: new DataText(mediaType),
        })),
        fields_of_each_run:
          'split, row, loss, correct, predicted_class, true_class, confidence, true_probability',
      },
      list: {
        items: version.metadataColumns.map((column) => ({
          field: new DataText(metadataColumn(column.name)),
          type: ColumnType[column.type].toLowerCase(),
          distinct: column.distinct,
          missing: column.missing,
          min: column.min,
          max: column.max,
        })),
        source: version.id,
        whenEmpty: {
          reason: 'the samples have no metadata',
          next_step: 'group by the fields of each run, such as true_class or split',
        },
      },
    };
  },

  async map(context, given) {
    const run = await findRun(context, given);
    const map = await findMap(context, run, given.epoch);
    const { trust } = map;
    const half = (value: number, width: number): Value => {
      const n = trust!.rankedPoints || map.pointCount;
      // Without a width all samples are ranked.
      return width === 0
        ? exact(value, n)
        : estimate(value, n, { low: Math.max(0, value - width), high: Math.min(1, value + width) });
    };
    return {
      facts: {
        id: map.id,
        run: new DataText(run.displayName),
        epoch: map.epoch,
        method: map.method,
        n: map.pointCount,
        trustworthiness: trust && half(trust.trustworthiness, trust.trustworthinessInterval),
        continuity: trust && half(trust.continuity, trust.continuityInterval),
        warnings: map.warnings.map(({ reason, message }) => ({
          reason,
          message: new DataText(message, 400),
        })),
      },
      list: {
        items: map.clusters.map((cluster) => ({
          cluster: cluster.index,
          n: cluster.size,
          mean_loss:
            cluster.meanLoss === undefined
              ? undefined
              : withoutInterval(cluster.meanLoss, cluster.size, 'query has no field of clusters'),
          majority_class: optionalText(cluster.majorityClassName),
          purity:
            cluster.purity === undefined
              ? undefined
              : withoutInterval(cluster.purity, cluster.size, 'clusters are chosen by the same samples'),
        })),
        source: map.id,
        whenEmpty: {
          reason: 'the map has no clusters',
          next_step: 'look at the map with picture {"of": "map"}',
        },
      },
    };
  },
};

/** Names and tasks of the outputs of a model with several, the first one first. */
function formatOutputs({ objectives }: Run): Value | undefined {
  if (objectives.length < 2) return undefined;
  return objectives.slice(0, MAX_CLASSES).map(({ output, task }) => ({
    name: new DataText(output),
    task: findTask(task),
  }));
}
