import { Command, InvalidArgumentError } from 'commander';
import type { NamedRows, RunComparison, RunVersion } from '@noema/agents';
import { type Estimate, type MetricChange, metricTitle } from '@noema/evaluation';
import { allPages, DomainError, plainText } from '@noema/kernel';
import type { Noema } from '../noema.js';
import { type Column, formatTable } from '../terminal/table.js';
import type { CommandContext } from './command-context.js';
import { runId } from './named-resource.js';
import { action } from './runner.js';

/** Epochs of A and of B; 0 for the last one. */
type Epochs = readonly [a: number, b: number];

interface Options {
  readonly epoch: Epochs;
  readonly output: string;
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare two runs, or two epochs of a run, sample by sample')
    .argument('<run-a>', 'earlier version: a run by name or id')
    .argument('<run-b>', 'later version: a run by name or id')
    .option(
      '--epoch <epochs>',
      'epoch of both, or of A and B as 1,3; the last ones when left out',
      parseEpochs,
      [0, 0],
    )
    .option(
      '--output <name>',
      'output that is compared (default: the first, with the losses of all outputs)',
      '',
    )
    .action(
      action(async (context: CommandContext, nameA: string, nameB: string, options: Options) => {
        const { compareRuns } = await import('@noema/agents');
        const noema = await context.connect();
        const [a, b] = await Promise.all([
          loadVersion(context, noema, nameA, { ...options, epoch: options.epoch[0] }),
          loadVersion(context, noema, nameB, { ...options, epoch: options.epoch[1] }),
        ]);
        const comparison = await compareRuns(a, b, await loadSlices(noema, b.run.datasetVersionId));
        const named = ({ run, epoch }: RunVersion) => ({ runId: run.id, run: run.displayName, epoch });
        const { output } = options;
        context.terminal.document({
          ...(output !== '' && { output }),
          a: named(a),
          b: named(b),
          ...comparison,
        });
        for (const line of [...headLines(a, b, comparison), ...tableLines(comparison)])
          context.terminal.line(plainText(line));
      }),
    );
}

function parseEpochs(text: string): Epochs {
  const [a, b = a, ...more] = text
    .split(',')
    .map((part) => (/^[1-9]\d{0,8}$/.test(part) ? Number(part) : NaN));
  if (a === undefined || b === undefined || Number.isNaN(a + b) || more.length > 0)
    throw new InvalidArgumentError('write one epoch, such as 3, or two, for A and B, such as 1,3');
  return [a, b];
}

async function loadVersion(
  context: CommandContext,
  noema: Noema,
  name: string,
  { epoch, output }: { readonly epoch: number; readonly output: string },
): Promise<RunVersion> {
  const { RunSamples } = await import('@noema/judging');
  const run = (await noema.runs.getRun({ runId: await runId(context, noema, name) })).run!;
  if (run.epochsDone === 0 || epoch > run.epochsDone)
    throw new DomainError(
      'not-found',
      'EPOCH_NOT_FOUND',
      `${run.displayName} has ${run.epochsDone} epochs; epoch ${epoch || 1} cannot be compared`,
    );
  const samples = new RunSamples(noema, run, { epoch, output });
  return { run, epoch: epoch || run.epochsDone, output, samples };
}

async function loadSlices(noema: Noema, datasetVersionId: string): Promise<NamedRows[]> {
  const slices = await allPages(
    (pageToken) => noema.slices.listSlices({ datasetVersionId, pageSize: 200, pageToken }),
    (page) => page.slices,
  );
  const loaded: NamedRows[] = [];
  for (const { id, displayName } of slices) {
    const { slice } = await noema.slices.getSlice({ sliceId: id });
    if (slice !== undefined) loaded.push({ name: displayName, bitmap: slice.bitmap });
  }
  return loaded;
}

const number = (value: number): string => (Number.isNaN(value) ? 'none' : value.toFixed(4));
const estimate = ({ value, interval }: Estimate): string =>
  `${number(value)} [${interval === undefined ? 'all equal' : `${number(interval.low)}, ${number(interval.high)}`}]`;

function headLines(a: RunVersion, b: RunVersion, comparison: RunComparison): string[] {
  const { shared, onlyA, onlyB, otherTruth, settings, notes } = comparison;
  const left = otherTruth === 0 ? '' : `; ${otherTruth} with another ground truth are left out`;
  return [
    `A  ${a.run.displayName}, epoch ${a.epoch}`,
    `B  ${b.run.displayName}, epoch ${b.epoch}`,
    ...(b.output ? [`of the output ${b.output}`] : []),
    `${shared} shared samples, ${onlyA} only in A, ${onlyB} only in B${left}`,
    ...notes,
    ...settings.map(({ name, before, now }) => `${name}: ${before ?? 'not set'} → ${now ?? 'not set'}`),
    '',
  ];
}

interface Row {
  readonly group: string;
  readonly change: MetricChange;
  readonly p: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'SAMPLES', value: ({ group }) => group },
  { heading: 'METRIC', value: ({ change }) => metricTitle(change.name) },
  { heading: 'N', value: ({ change }) => change.n, align: 'right' },
  { heading: 'A', value: ({ change }) => estimate(change.before) },
  { heading: 'B', value: ({ change }) => estimate(change.now) },
  { heading: 'B - A', value: ({ change }) => estimate(change.difference) },
  { heading: 'P', value: ({ p }) => p },
  {
    heading: 'CHANGES',
    value: ({ change }) =>
      Object.entries(change.counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
  },
];

/** All samples, then each class and slice, whose p-values are adjusted for their number; `*` marks flagged ones. */
function tableLines({ changes, classes, slices }: RunComparison): string[] {
  const groups = [
    ...classes.map((group) => ({ ...group, name: `class ${group.name}` })),
    ...slices.map((group) => ({ ...group, name: `slice ${group.name}` })),
  ];
  return formatTable(
    [
      ...changes.map((change): Row => ({ group: 'all', change, p: number(change.pValue) })),
      ...groups.flatMap(({ name, changes: ofGroup }) =>
        ofGroup.map(
          (change): Row => ({
            group: name,
            change,
            p: `${number(change.adjustedP)}${change.isFlagged ? ' *' : ''}`,
          }),
        ),
      ),
    ],
    COLUMNS,
  );
}
