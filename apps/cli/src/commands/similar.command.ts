import { Argument, Command } from 'commander';
import { SimilarSampleSchema } from '@noema/contracts/noema/similarity/v1/similar_sample';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { explorationId } from './named-resource.js';
import { printList } from './resource-output.js';
import { action } from './runner.js';
import { formatSampleAddress, parseSampleAddress, type SampleAddress } from './sample-address.js';

interface Options {
  readonly k?: number;
  readonly split: readonly Split[];
  readonly filter: string;
  readonly index?: string;
}

export function similarCommand(): Command {
  return new Command('similar')
    .description('find samples that the model perceives as similar')
    .argument(
      '<exploration>',
      'exploration in whose space to search, by id, or a run by name for its last map',
    )
    .addArgument(
      new Argument('<samples...>', 'one or several, such as validation/42').argParser(
        (text, before: SampleAddress[] | undefined) => [...(before ?? []), parseSampleAddress(text)],
      ),
    )
    .option(
      '-k <number>',
      'samples to return; the number that `noema methods similarity` lists when left out',
      positiveInteger,
    )
    .option(
      '--split <name>',
      'search only this split; repeatable',
      (text, before: readonly Split[]) => [...before, parseSampleAddress(`${text}/x`).split],
      [],
    )
    .option('--filter <condition>', 'such as: metadata.ink > 0.2', '')
    .option('--index <key>', 'kind of index to search, as `noema methods similarity` lists them')
    .action(
      action(
        async (
          context: CommandContext,
          name: string,
          queries: SampleAddress[],
          { k, split, filter, index }: Options,
        ) => {
          const { terminal } = context;
          const noema = await context.connect();
          const { exploration } = await noema.explorations.getExploration({
            explorationId: await explorationId(context, noema, name),
          });
          const found = await noema.similarity.findSimilar({
            activationSetId: exploration!.activationSetId,
            queries,
            ...(k !== undefined && { k }),
            splits: [...split],
            filter,
            ...(index !== undefined && { indexMethod: index }),
          });
          const rows = found.similar.map((s) => s.row);
          const { samples } = await noema.samples.listSamples({
            datasetVersionId: exploration!.datasetVersionId,
            rows,
            pageSize: 1000,
          });
          const classByRow = new Map(samples.map((s) => [s.row, s.className]));
          printList(terminal, SimilarSampleSchema, found.similar, [
            { heading: 'RANK', value: (s) => s.rank, align: 'right' },
            { heading: 'SAMPLE', value: (s) => formatSampleAddress(s.sample) },
            { heading: 'CLASS', value: (s) => classByRow.get(s.row) ?? '' },
            { heading: 'DISTANCE', value: (s) => s.distance.toFixed(3), align: 'right' },
            { heading: 'SIMILARITY', value: (s) => s.similarity.toFixed(3), align: 'right' },
          ]);
          terminal.note(`recall ${found.recall.toFixed(3)} (${found.indexMethod})`);
        },
      ),
    );
}
