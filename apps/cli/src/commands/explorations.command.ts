import { Command } from 'commander';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Algorithm, type Exploration, ExplorationSchema } from '@noema/contracts/noema/projection/v1/exploration';
import type { CommandContext } from './command-context.js';
import { printList, printOne, stateName } from './resource-output.js';
import { action } from './runner.js';

export function explorationsCommand(): Command {
  const explorations = new Command('explorations').description('population explorations: the maps');
  explorations.command('list').description('list the explorations of the project').option('--run <id>', 'only those of a run', '')
    .action(action(async (context: CommandContext, { run }: { run: string }) => {
      const noema = await context.connect();
      const { explorations: rows } = await noema.explorations.listExplorations({ projectId: await context.projectId(noema), runId: run, pageSize: 1000 });
      printList(context.terminal, ExplorationSchema, rows, [
        { heading: 'ID', value: (e) => e.id },
        { heading: 'EPOCH', value: (e) => e.epoch, align: 'right' },
        { heading: 'ALGORITHM', value: (e) => stateName(Algorithm, e.algorithm) },
        { heading: 'STATE', value: (e) => stateName(JobState, e.state) },
        { heading: 'POINTS', value: (e) => e.pointCount, align: 'right' },
        ...TRUST.map(([heading, key]) => ({ heading, value: (e: Exploration) => three(e.trust?.[key]), align: 'right' as const })),
      ]);
    }));
  explorations.command('get <id>').description('show one exploration').action(action(async ({ terminal, connect }: CommandContext, explorationId: string) => {
    const exploration = (await (await connect()).explorations.getExploration({ explorationId })).exploration!;
    printOne(terminal, ExplorationSchema, exploration, {
      id: exploration.id,
      run: exploration.runId,
      epoch: exploration.epoch,
      state: stateName(JobState, exploration.state),
      points: exploration.pointCount,
      ...Object.fromEntries(TRUST.map(([heading, key]) => [heading.toLowerCase(), three(exploration.trust?.[key])])),
      'nearest classes': exploration.classNeighbors.map((c) => `${c.className}→${c.nearestClassName}`).join(' '),
      ...(exploration.fault === undefined ? {} : { fault: exploration.fault.message }),
    });
  }));
  return explorations;
}

const TRUST = [
  ['TRUSTWORTHINESS', 'trustworthiness'], ['CONTINUITY', 'continuity'], ['KNN OVERLAP', 'knnOverlap'],
  ['LABELS MAP', 'labelAgreementMap'], ['LABELS VECTORS', 'labelAgreementVectors'],
] as const;

const three = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3));
