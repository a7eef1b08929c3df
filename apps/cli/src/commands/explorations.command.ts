import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '@bufbuild/protobuf';
import { Command, Option } from 'commander';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import {
  type Clustering,
  type Exploration,
  ExplorationSchema,
} from '@noema/contracts/noema/projection/v1/exploration';
import { DomainError } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { parameter } from './exploration-options.js';
import { loadNames, runId } from './named-resource.js';
import { printList, printOne, stateName } from './resource-output.js';
import { action } from './runner.js';
import { findResponses } from './run-responses.js';
import type { Terminal } from '../terminal/terminal.js';
import { watchJob } from './watch-job.js';

export function explorationsCommand(): Command {
  const explorations = new Command('explorations').description('population explorations (maps)');
  explorations
    .command('list')
    .description('list the explorations of the project')
    .option('--run <run>', 'only explorations of a run, by name (the newest) or id', '')
    .option('--projected-onto <id>', 'only explorations that project other data into this one', '')
    .action(
      action(
        async (context: CommandContext, { run, projectedOnto }: { run: string; projectedOnto: string }) => {
          const noema = await context.connect();
          const projectId = await context.projectId(noema);
          const of = {
            projectId,
            runId: run === '' ? '' : await runId(context, noema, run),
            projectedOnto,
            pageSize: 1000,
          };
          const { explorations: rows } = await noema.explorations.listExplorations(of);
          const names = await loadNames(noema, projectId, new Set(rows.map((e) => e.runId)));
          printList(context.terminal, ExplorationSchema, rows, [
            { heading: 'ID', value: (e) => e.id },
            { heading: 'RUN', value: (e) => names.run(e.runId) },
            { heading: 'MODEL', value: (e) => names.model(e.runId) },
            { heading: 'DATA', value: (e) => names.data(e.placed?.datasetVersionId ?? e.datasetVersionId) },
            { heading: 'EPOCH', value: (e) => e.epoch, align: 'right' },
            { heading: 'ALGORITHM', value: (e) => e.method },
            { heading: 'STATE', value: (e) => stateName(JobState, e.state) },
            { heading: 'POINTS', value: (e) => e.pointCount, align: 'right' },
            ...TRUST.map(([heading, key]) => ({
              heading,
              value: (e: Exploration) => share(e, key),
              align: 'right' as const,
            })),
            { heading: 'WARNINGS', value: (e) => e.warnings.map(({ reason }) => reason).join(', ') },
          ]);
        },
      ),
    );
  explorations
    .command('get <id>')
    .description('show one exploration')
    .action(
      action(async ({ terminal, connect }: CommandContext, explorationId: string) => {
        show(terminal, (await (await connect()).explorations.getExploration({ explorationId })).exploration!);
      }),
    );
  explorations
    .command('create <run>')
    .description('compute a map of an epoch of a run, by name (the newest) or id, and wait for it')
    .option('--epoch <number>', 'epoch (default: the last with responses)', positiveInteger)
    .option(
      '--algorithm <key>',
      'layout, by its key in `noema methods projection` (default: its default)',
      '',
    )
    .option(
      '--param <name=value...>',
      'setting of the algorithm, such as n_neighbors=30, by its name in `noema methods projection`; repeatable',
      parameter,
    )
    .addOption(new Option('--dimensions <number>', 'of the map').choices(['2', '3']).default('2'))
    .option('--seed <number>', 'seed of the layout; the same seed gives the same map', Number, 0)
    .option('--aligned-to <id>', 'exploration to start from; shared samples stay near their positions', '')
    .option(
      '--cluster-method <key>',
      'how to find clusters, by its key in `noema methods projection` (default: its default)',
      '',
    )
    .option(
      '--clusters <number>',
      'number of k-means clusters (default: the number of classes, or 10)',
      positiveInteger,
    )
    .action(action(create));
  explorations
    .command('project <id>')
    .description('project other data into a stored map, which does not change')
    .requiredOption('--dataset-version <id>', 'the other data')
    .action(
      action(
        async (
          { terminal, connect, signal }: CommandContext,
          explorationId: string,
          { datasetVersion }: { datasetVersion: string },
        ) => {
          const noema = await connect();
          const { exploration: onto } = await noema.explorations.getExploration({ explorationId });
          const { activationSet, job: reading } = await noema.activationSets.projectActivationSet({
            activationSetId: onto!.activationSetId,
            datasetVersionId: datasetVersion,
          });
          if (reading !== undefined)
            await watchJob(
              noema,
              terminal,
              { service: 'activations', jobId: reading.id, title: 'responses' },
              signal,
            );
          const { exploration, job } = await noema.explorations.projectExploration({
            explorationId,
            activationSetId: activationSet!.id,
          });
          if (job !== undefined)
            await watchJob(
              noema,
              terminal,
              { service: 'projection', jobId: job.id, title: 'placing' },
              signal,
            );
          show(
            terminal,
            (await noema.explorations.getExploration({ explorationId: exploration!.id })).exploration!,
          );
        },
      ),
    );
  return explorations;
}

interface CreateOptions {
  readonly epoch?: number;
  readonly algorithm: string;
  readonly param?: JsonObject;
  readonly dimensions: string;
  readonly seed: number;
  readonly alignedTo: string;
  readonly clusterMethod: string;
  readonly clusters?: number;
}

async function create(context: CommandContext, run: string, options: CreateOptions): Promise<void> {
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const set = await findResponses(noema.activationSets, {
    projectId,
    runId: await runId(context, noema, run),
    run,
    epoch: options.epoch,
  });
  const { exploration, job } = await withNeighbors(context.signal, () =>
    noema.explorations.createExploration({
      projectId,
      activationSetId: set.id,
      method: options.algorithm,
      params: options.param ?? {},
      dimensions: Number(options.dimensions),
      seed: options.seed,
      alignedTo: options.alignedTo,
      clusterCount: options.clusters ?? 0,
      clusteringMethod: options.clusterMethod,
    }),
  );
  if (job !== undefined && job.id !== '')
    await watchJob(
      noema,
      context.terminal,
      { service: 'projection', jobId: job.id, title: 'mapping' },
      context.signal,
    );
  show(
    context.terminal,
    (await noema.explorations.getExploration({ explorationId: exploration!.id })).exploration!,
  );
}

/**
 * Neighbors are searched right after the responses, by another service: a map that is requested at once waits
 * for them.
 */
const NEIGHBORS_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 500;

async function withNeighbors<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (
    const end = performance.now() + NEIGHBORS_WAIT_MS;
    ;
    await delay(LOOK_AGAIN_MS, undefined, { signal })
  ) {
    try {
      return await call();
    } catch (error) {
      const isWaiting = error instanceof DomainError && error.reason === 'ACTIVATION_SET_NOT_FOUND';
      if (!isWaiting || performance.now() > end) throw error;
    }
  }
}

function show(terminal: Terminal, exploration: Exploration): void {
  printOne(terminal, ExplorationSchema, exploration, {
    id: exploration.id,
    run: exploration.runId,
    epoch: exploration.epoch,
    state: stateName(JobState, exploration.state),
    points: exploration.pointCount,
    ...Object.fromEntries(TRUST.map(([heading, key]) => [heading.toLowerCase(), share(exploration, key)])),
    ...(exploration.clustering && { clusters: clusters(exploration, exploration.clustering) }),
    'nearest classes': exploration.classNeighbors
      .map((c) => `${c.className}→${c.nearestClassName}`)
      .join(' '),
    ...(exploration.placed && {
      placed:
        `${exploration.placed.sampleCount} samples of ${exploration.placed.datasetVersionId} in ` +
        `${exploration.projectedOnto}`,
      'placed keep':
        `${three(exploration.placed.knnOverlap)} of their neighbors, at ` +
        `${exploration.placed.distanceRatio.toFixed(1)} times the usual distance`,
    }),
    ...Object.fromEntries(
      exploration.warnings.map(({ reason, message }, i) => [
        i === 0 ? 'warnings' : `warning ${i + 1}`,
        `${reason}: ${message}`,
      ]),
    ),
    ...(exploration.fault === undefined ? {} : { fault: exploration.fault.message }),
  });
}

const TRUST = [
  ['TRUSTWORTHINESS', 'trustworthiness'],
  ['CONTINUITY', 'continuity'],
  ['KNN OVERLAP', 'knnOverlap'],
  ['LABELS MAP', 'labelAgreementMap'],
  ['LABELS VECTORS', 'labelAgreementVectors'],
] as const;

/** A number of trust of a made map; `none` for what it could not measure. */
function share({ trust }: Exploration, key: (typeof TRUST)[number][1]): string {
  return trust === undefined ? '' : three(trust[key]);
}

function clusters(
  { clusters: found, clusteringMethod }: Exploration,
  { inertia, silhouette, starts, minClusterSize, minSamples }: Clustering,
): string {
  const settings =
    minClusterSize > 0
      ? `min_cluster_size ${minClusterSize}, min_samples ${minSamples}`
      : `best of ${starts} starts, inertia ${inertia?.toPrecision(6) ?? 'none'}`;
  return `${found.length} by ${clusteringMethod}, silhouette ${three(silhouette)}, ` + `${settings}`;
}

const three = (value: number | undefined): string => value?.toFixed(3) ?? 'none';
