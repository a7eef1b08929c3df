import { writeFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { printList, printOne } from './resource-output.js';
import { action } from './runner.js';
import { formatSampleAddress, parseSampleAddress, type SampleAddress } from './sample-address.js';

export function samplesCommand(): Command {
  const samples = new Command('samples').description('samples of a dataset version');
  samples
    .command('list <dataset>')
    .description('list samples')
    .option('--filter <condition>', 'such as: split = "validation" AND metadata.ink > 0.2', '')
    .option('--order-by <column>', 'such as: metadata.ink desc', '')
    .option('--limit <number>', 'maximum number of samples, at most 1000', positiveInteger, 50)
    .action(
      action(
        async (
          { terminal, connect }: CommandContext,
          datasetVersionId: string,
          options: { filter: string; orderBy: string; limit: number },
        ) => {
          const { samples: rows, totalSize } = await (await connect()).samples.listSamples({
            datasetVersionId,
            filter: options.filter,
            orderBy: options.orderBy,
            pageSize: options.limit,
          });
          printList(terminal, SampleSchema, rows, [
            { heading: 'SAMPLE', value: (s) => formatSampleAddress(s.ref) },
            { heading: 'ROW', value: (s) => s.row, align: 'right' },
            { heading: 'CLASS', value: (s) => s.className },
            { heading: 'METADATA', value: (s) => metadata(s.metadata) },
          ]);
          terminal.note(`${rows.length} of ${totalSize}`);
        },
      ),
    );
  samples
    .command('get <dataset>')
    .description('show one sample')
    .addArgument(new Argument('<sample>', 'such as validation/42').argParser(parseSampleAddress))
    .option('--picture <file>', 'write its picture, or other visual, to a file')
    .option('--visual <name>', 'name of the visualizer; the first one if absent', 'default')
    .action(
      action(
        async (
          { terminal, connect }: CommandContext,
          datasetVersionId: string,
          address: SampleAddress,
          { picture, visual }: { picture?: string; visual: string },
        ) => {
          const noema = await connect();
          const { sample } = await noema.samples.getSample({ datasetVersionId, ...address });
          if (picture !== undefined)
            await writeFile(
              picture,
              (await noema.samples.getSampleVisual({ datasetVersionId, ...address, visualizer: visual }))
                .body!.data,
            );
          printOne(terminal, SampleSchema, sample!, {
            sample: formatSampleAddress(sample!.ref),
            row: sample!.row,
            class: sample!.className,
            metadata: metadata(sample!.metadata),
          });
        },
      ),
    );
  return samples;
}

const metadata = (values: Readonly<Record<string, unknown>> | undefined): string =>
  Object.entries(values ?? {})
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
    )
    .join(' ');
