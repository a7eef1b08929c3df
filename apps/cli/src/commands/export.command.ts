import { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { explorationId } from './named-resource.js';
import { action } from './runner.js';

interface Options {
  readonly to: string;
  readonly output?: string;
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      'write vectors, coordinates, neighbors, predictions and losses of an exploration as Arrow and CSV',
    )
    .argument('<exploration>', 'exploration by id, or a run by name for its last map')
    .option('--output <name>', 'output of the model (default: the first, with the losses of all outputs)')
    .option('--to <directory>', 'directory to write to', 'noema-export')
    .action(
      action(async (context: CommandContext, name: string, { to, output = '' }: Options) => {
        const { loadPopulation } = await import('../population/load-population.js');
        const { exportPopulation } = await import('../population/population.export.js');
        const noema = await context.connect();
        const population = await loadPopulation(
          noema,
          context.artifacts(),
          await explorationId(context, noema, name),
          { output },
        );
        const files = await exportPopulation(population, to);
        context.terminal.document({ directory: to, files });
        context.terminal.line(`${population.samples.length} samples in ${to}: ${files.join(', ')}`);
      }),
    );
}
