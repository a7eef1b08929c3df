import { Command } from 'commander';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Algorithm, type Clustering, ClusterMethod, type Exploration, ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import type { CommandContext } from './command-context.js';
import { printList, printOne, stateName } from './resource-output.js';
import { action } from './runner.js';
import type { Terminal } from '../terminal/terminal.js';
import { watchJob } from './watch-job.js';

export function explorationsCommand(): Command {
  const explorations = new Command('explorations').description('population explorations: the maps');
  explorations.command('list').description('list the explorations of the project').option('--run <id>', 'only those of a run', '').option('--projected-onto <id>', 'those in which other data were placed in this one', '')
    .action(action(async (context: CommandContext, { run, projectedOnto }: { run: string; projectedOnto: string }) => {
      const noema = await context.connect();
      const { explorations: rows } = await noema.explorations.listExplorations({ projectId: await context.projectId(noema), runId: run, projectedOnto, pageSize: 1000 });
      printList(context.terminal, ExplorationSchema, rows, [
        { heading: 'ID', value: (e) => e.id },
        { heading: 'EPOCH', value: (e) => e.epoch, align: 'right' },
        { heading: 'ALGORITHM', value: (e) => stateName(Algorithm, e.algorithm) },
        { heading: 'STATE', value: (e) => stateName(JobState, e.state) },
        { heading: 'POINTS', value: (e) => e.pointCount, align: 'right' },
        ...TRUST.map(([heading, key]) => ({ heading, value: (e: Exploration) => share(e, key), align: 'right' as const })),
        { heading: 'WARNINGS', value: (e) => e.warnings.map(({ reason }) => reason).join(', ') },
      ]);
    }));
  explorations.command('get <id>').description('show one exploration').action(action(async ({ terminal, connect }: CommandContext, explorationId: string) => {
    show(terminal, (await (await connect()).explorations.getExploration({ explorationId })).exploration!);
  }));
  explorations.command('project <id>').description('place other data in a stored map, which stays as it is').requiredOption('--dataset-version <id>', 'the other data')
    .action(action(async ({ terminal, connect, signal }: CommandContext, explorationId: string, { datasetVersion }: { datasetVersion: string }) => {
      const noema = await connect(), { exploration: onto } = await noema.explorations.getExploration({ explorationId });
      const { activationSet, job: reading } = await noema.activationSets.projectActivationSet({ activationSetId: onto!.activationSetId, datasetVersionId: datasetVersion });
      if (reading !== undefined) await watchJob(noema, terminal, { service: 'activations', jobId: reading.id, title: 'responses' }, signal);
      const { exploration, job } = await noema.explorations.projectExploration({ explorationId, activationSetId: activationSet!.id });
      if (job !== undefined) await watchJob(noema, terminal, { service: 'projection', jobId: job.id, title: 'placing' }, signal);
      show(terminal, (await noema.explorations.getExploration({ explorationId: exploration!.id })).exploration!);
    }));
  return explorations;
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
    'nearest classes': exploration.classNeighbors.map((c) => `${c.className}→${c.nearestClassName}`).join(' '),
    ...(exploration.placed && {
      placed: `${exploration.placed.sampleCount} samples of ${exploration.placed.datasetVersionId} in ${exploration.projectedOnto}`,
      'placed keep': `${three(exploration.placed.knnOverlap)} of their neighbours, at ${exploration.placed.distanceRatio.toFixed(1)} times the usual distance`,
    }),
    ...Object.fromEntries(exploration.warnings.map(({ reason, message }, i) => [i === 0 ? 'warnings' : `warning ${i + 1}`, `${reason}: ${message}`])),
    ...(exploration.fault === undefined ? {} : { fault: exploration.fault.message }),
  });
}

const TRUST = [
  ['TRUSTWORTHINESS', 'trustworthiness'], ['CONTINUITY', 'continuity'], ['KNN OVERLAP', 'knnOverlap'],
  ['LABELS MAP', 'labelAgreementMap'], ['LABELS VECTORS', 'labelAgreementVectors'],
] as const;

/** A number of trust of a made map; `none` for what it could not measure. */
function share({ trust }: Exploration, key: (typeof TRUST)[number][1]): string {
  return trust === undefined ? '' : three(trust[key]);
}

function clusters({ clusters: found, clusterMethod }: Exploration, { inertia, silhouette, starts, minClusterSize, minSamples }: Clustering): string {
  const settings = clusterMethod === ClusterMethod.HDBSCAN ? `min_cluster_size ${minClusterSize}, min_samples ${minSamples}` : `best of ${starts} starts, inertia ${inertia?.toPrecision(6) ?? 'none'}`;
  return `${found.length} by ${stateName(ClusterMethod, clusterMethod)}, silhouette ${three(silhouette)}, ${settings}`;
}

const three = (value: number | undefined): string => value?.toFixed(3) ?? 'none';
