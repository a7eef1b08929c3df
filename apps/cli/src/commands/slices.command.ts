import { Command } from 'commander';
import { type Slice, SliceSchema } from '@noema/contracts/noema/datasets/v1/slice';
import { allPages, DomainError, isUuid } from '@noema/kernel';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';
import { datasetVersionId } from './named-resource.js';
import { printList, printOne, when } from './resource-output.js';
import { parseRows } from './row-list.js';
import { action } from './runner.js';

interface SliceOptions {
  readonly filter?: string;
  readonly rows?: number[];
  readonly note: string;
}
interface ChangeOptions {
  readonly name?: string;
  readonly note?: string;
  readonly filter?: string;
  readonly add?: number[];
  readonly remove?: number[];
}

const ROWS = 'such as 3,5-8';

export function slicesCommand(): Command {
  const slices = new Command('slices').description('named slices and tags of a dataset version');
  slices
    .command('list <dataset>')
    .description('list the slices')
    .action(
      action(async (context: CommandContext, dataset: string) => {
        const noema = await context.connect();
        const rows = await listSlices(noema, await datasetVersionId(context, noema, dataset));
        printList(context.terminal, SliceSchema, rows, [
          { heading: 'ID', value: (s) => s.id },
          { heading: 'NAME', value: (s) => s.displayName },
          { heading: 'SAMPLES', value: (s) => s.sampleCount, align: 'right' },
          { heading: 'FILTER', value: (s) => s.filter },
          { heading: 'NOTE', value: (s) => s.description },
          { heading: 'CREATED', value: (s) => when(s.createTime) },
        ]);
      }),
    );
  slices
    .command('create <dataset> <name>')
    .description('save samples as a slice')
    .option('--filter <condition>', 'such as: split = "validation" AND metadata.ink > 0.2')
    .option('--rows <rows>', ROWS, parseRows)
    .option('--note <text>', 'what the slice is about', '')
    .action(
      action(async (context: CommandContext, dataset: string, name: string, options: SliceOptions) => {
        const noema = await context.connect();
        const { slice } = await noema.slices.createSlice({
          datasetVersionId: await datasetVersionId(context, noema, dataset),
          displayName: name,
          description: options.note,
          filter: options.filter ?? '',
          ...(options.rows !== undefined && { selection: { rows: options.rows } }),
        });
        print(context, slice!);
      }),
    );
  slices
    .command('change <dataset> <slice>')
    .description('rename a slice, change its note or its filter, add rows and remove rows')
    .option('--name <name>', 'new name')
    .option('--note <text>', 'new note')
    .option('--filter <condition>', 'new condition of a slice that was created from one')
    .option('--add <rows>', ROWS, parseRows)
    .option('--remove <rows>', ROWS, parseRows)
    .action(
      action(async (context: CommandContext, dataset: string, name: string, change: ChangeOptions) => {
        const noema = await context.connect();
        const { name: displayName, note: description, filter, add, remove } = change;
        if (Object.keys(change).length === 0)
          throw new DomainError(
            'invalid',
            'CHANGE_MISSING',
            'the command changes nothing; give --name, --note, --filter, --add or --remove',
          );
        const { slice } = await noema.slices.updateSlice({
          slice: {
            id: (await findSlice(context, noema, dataset, name)).id,
            displayName: displayName ?? '',
            description: description ?? '',
            filter: filter ?? '',
          },
          updateMask: {
            paths: [
              ...(displayName === undefined ? [] : ['display_name']),
              ...(description === undefined ? [] : ['description']),
              ...(filter === undefined ? [] : ['filter']),
            ],
          },
          ...(add !== undefined && { add: { rows: add } }),
          ...(remove !== undefined && { remove: { rows: remove } }),
        });
        print(context, slice!);
      }),
    );
  slices
    .command('delete <dataset> <slice>')
    .description('delete a slice; its samples stay')
    .action(
      action(async (context: CommandContext, dataset: string, name: string) => {
        const noema = await context.connect();
        const slice = await findSlice(context, noema, dataset, name);
        await noema.slices.deleteSlice({ sliceId: slice.id });
        context.terminal.note(`deleted the slice ${slice.displayName}`);
      }),
    );
  return slices;
}

const print = ({ terminal }: CommandContext, slice: Slice): void => {
  printOne(terminal, SliceSchema, slice, {
    id: slice.id,
    name: slice.displayName,
    samples: slice.sampleCount,
    filter: slice.filter,
    note: slice.description,
  });
};

const listSlices = (noema: Noema, datasetVersionId: string): Promise<Slice[]> =>
  allPages(
    (pageToken) => noema.slices.listSlices({ datasetVersionId, pageSize: 1000, pageToken }),
    (page) => page.slices,
  );

/** The slice with a name or an id. Throws `not-found` NAME_NOT_FOUND. */
async function findSlice(
  context: CommandContext,
  noema: Noema,
  dataset: string,
  name: string,
): Promise<Slice> {
  const all = await listSlices(noema, await datasetVersionId(context, noema, dataset));
  const slice = all.find(({ id, displayName }) => displayName === name || (isUuid(name) && id === name));
  if (slice !== undefined) return slice;
  throw new DomainError(
    'not-found',
    'NAME_NOT_FOUND',
    `no slice of this dataset version has the name or id "${name}"; \`noema slices list ${dataset}\` lists them`,
  );
}
