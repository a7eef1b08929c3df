import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type DatasetVersion,
  DatasetVersionSchema,
} from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { isUuid } from '@noema/kernel';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';
import { openData, type OpenOptions, suggestRun } from './datasets.open.js';
import { onlyDatasetVersionId, runId } from './named-resource.js';
import { registerPath } from './register-path.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { action } from './runner.js';
import { formatSampleAddress, splitName } from './sample-address.js';
import { watchJob } from './watch-job.js';

interface CreateOptions {
  readonly name?: string;
  readonly shardSize?: number;
  readonly skipBad?: number | true;
}

interface ObjectsOptions {
  readonly epoch?: number;
  readonly name?: string;
}

const OBJECTS_HELP = `
The ground truth is the class of a true object; predicted objects are in the split unlabeled. To see them on a map
as the detector does, evaluate it on them, which needs no ground truth:
  noema datasets objects RUN --name objects
  noema runs create --dataset objects --model DETECTOR --evaluate --name 'objects as seen' --watch
  noema explorations list`;

/** Share of the samples that `--skip-bad` may leave out when it names none. */
const DEFAULT_SKIPPED_SHARE = 0.05;

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1))
    throw new InvalidArgumentError(`"${text}" is no share; give a number above 0, at most 1, such as 0.05`);
  return value;
}

/** A whole number from 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is not a whole number from 1`);
  return value;
}

export function datasetsCommand(): Command {
  const datasets = new Command('datasets').description(
    'dataset versions: the samples that integrations produce',
  );
  datasets
    .command('create <integration>')
    .description(
      'ingest an integration and wait until it is ready: the path of a module (.mjs, .js, .py) or a ' +
        'manifest (noema.yaml), whose files are sent to a platform elsewhere, or the id of one that was uploaded',
    )
    .option('--name <name>', 'display name')
    .option(
      '--shard-size <rows>',
      'samples per shard (default: as many as fit into 64 MiB, at most 2048)',
      positiveInteger,
    )
    .option(
      '--skip-bad [share]',
      `leave out samples on which a handler fails, up to this share of all (${DEFAULT_SKIPPED_SHARE} ` +
        'when left out), and list them',
      share,
    )
    .action(
      action(async (context: CommandContext, integration: string, options: CreateOptions) => {
        const noema = await context.connect();
        const version = await ingest(
          context,
          noema,
          await context.projectId(noema),
          isUuid(integration) ? { id: integration } : { modulePath: resolve(integration) },
          options,
        );
        show(context, version);
      }),
    );
  datasets
    .command('open <path>')
    .description(
      'ingest data without code: a folder of pictures or texts by class, a table (CSV, TSV, JSON lines, ' +
        'Parquet), NumPy arrays or IDX files; shows how they are read, asks, and writes noema.yaml next to them; ' +
        's3://bucket/prefix is copied to a folder first',
    )
    .option('--name <name>', 'display name (default: the name of the folder or file, with a number)')
    .option('--reader <key>', 'form of the files, where several fit')
    .option('--truth <column>', 'column to predict; "" for none')
    .option(
      '--use <column=use...>',
      'use of columns: input, truth, metadata, visual (only shown), group (stays in one split), id, split, ignored',
    )
    .option('--part <records>', 'number of records to ingest, drawn from all by a seed', positiveInteger)
    .option('--picture-side <pixels>', 'longest side of pictures as an input (default: 64)', positiveInteger)
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show the manifest and end')
    .option('--force', 'propose the manifest anew, although there is one')
    .option(
      '--skip-bad [share]',
      `leave out samples that cannot be read, up to this share of all (${DEFAULT_SKIPPED_SHARE} when left ` +
        'out), and list them',
      share,
    )
    .action(
      action(async (context: CommandContext, path: string, options: OpenOptions & CreateOptions) => {
        const modulePath = await openData(context, path, options);
        if (modulePath === undefined) return;
        const noema = await context.connect();
        const projectId = await context.projectId(noema);
        // The name of a part is the one of its manifest, which says of what it is a part.
        const { name: _, ...unnamed } = options;
        const settings = options.part === undefined ? options : unnamed;
        const version = await ingest(context, noema, projectId, { modulePath }, settings);
        show(context, version);
        await suggestRun(context, modulePath, version.displayName);
      }),
    );
  datasets
    .command('objects <run>')
    .description(
      'make a dataset version of the objects of a detection: every true object, and every predicted one that is ' +
        'not a true positive, cut out of its picture; a run is named by name (the newest) or id',
    )
    .option('--epoch <number>', 'epoch whose predictions are taken (default: the last)', positiveInteger)
    .option('--name <name>', 'display name (default: the name of the run, with a number)')
    .addHelpText('after', OBJECTS_HELP)
    .action(
      action(async (context: CommandContext, run: string, { epoch = 0, name = '' }: ObjectsOptions) => {
        const noema = await context.connect();
        const projectId = await context.projectId(noema);
        const { integration } = await noema.integrations.createIntegration({
          projectId,
          displayName: name,
          source: {
            source: { case: 'objects', value: { runId: await runId(context, noema, run), epoch } },
          },
        });
        show(context, await ingest(context, noema, projectId, { id: integration!.id }, { name }));
      }),
    );
  datasets
    .command('list')
    .description('list the versions of the project')
    .action(
      action(async (context: CommandContext) => {
        const noema = await context.connect();
        const { datasetVersions } = await noema.datasets.listDatasetVersions({
          projectId: await context.projectId(noema),
          pageSize: 1000,
        });
        printList(context.terminal, DatasetVersionSchema, datasetVersions, [
          { heading: 'ID', value: (v) => v.id },
          { heading: 'NAME', value: (v) => v.displayName },
          { heading: 'STATE', value: (v) => stateName(JobState, v.state) },
          { heading: 'SAMPLES', value: (v) => v.sampleCount, align: 'right' },
          { heading: 'CREATED', value: (v) => when(v.createTime) },
        ]);
      }),
    );
  datasets
    .command('delete <dataset>')
    .description('delete a dataset version with its samples, by id or a name that no other version has')
    .action(
      action(async (context: CommandContext, name: string) => {
        const noema = await context.connect();
        const datasetVersionId = await onlyDatasetVersionId(context, noema, name);
        await noema.datasets.deleteDatasetVersion({ datasetVersionId });
        context.terminal.note(`deleted the dataset version ${name}`);
      }),
    );
  datasets
    .command('get <id>')
    .description('show one version')
    .action(
      action(async (context: CommandContext, id: string) => {
        show(
          context,
          (await (await context.connect()).datasets.getDatasetVersion({ datasetVersionId: id }))
            .datasetVersion!,
        );
      }),
    );
  return datasets;
}

/**
 * Registers the module, or takes a registered integration, ingests it and returns the version when it is
 * ready; input that was ingested before gives the version that exists.
 */
export async function ingest(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  from: { readonly id: string } | { readonly modulePath: string },
  { name = '', shardSize = 0, skipBad = 0 }: CreateOptions,
): Promise<DatasetVersion> {
  const integrationId =
    'id' in from ? from.id : await registerPath(context, noema, projectId, from.modulePath, name);
  const { datasetVersion, job } = await noema.datasets.createDatasetVersion({
    projectId,
    integrationId,
    displayName: name,
    shardSize,
    maxSkippedShare: skipBad === true ? DEFAULT_SKIPPED_SHARE : skipBad,
  });
  if (job !== undefined && job.id !== '')
    await watchJob(
      noema,
      context.terminal,
      { service: 'datasets', jobId: job.id, title: 'ingesting' },
      context.signal,
    );
  return (await noema.datasets.getDatasetVersion({ datasetVersionId: datasetVersion!.id })).datasetVersion!;
}

function show({ terminal }: CommandContext, version: DatasetVersion): void {
  printOne(terminal, DatasetVersionSchema, version, fields(version));
  for (const { sample, index, fault } of version.skippedSamples)
    terminal.line(`  ${formatSampleAddress(sample)} (index ${index}): ${fault?.message ?? ''}`);
}

const fields = (v: DatasetVersion): Record<string, string | number> => ({
  id: v.id,
  name: v.displayName,
  state: stateName(JobState, v.state),
  samples: v.sampleCount,
  splits: v.splits.map((s) => `${splitName(s.split)} ${s.count}`).join(', '),
  inputs: v.inputs.map((i) => `${i.name} [${i.dims.join(', ')}]`).join(', '),
  classes: v.classNames.join(', '),
  metadata: v.metadataColumns.map((c) => c.name).join(', '),
  ...(v.skippedCount === 0 ? {} : { skipped: v.skippedCount }),
  ...(v.fault === undefined ? {} : { fault: v.fault.message }),
});
