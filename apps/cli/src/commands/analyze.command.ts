import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { readMatrix } from '@noema/artifacts';
import { Argument, Command } from 'commander';
import {
  type Analysis,
  AnalysisSchema,
  type AnalysisSettingsSchema,
} from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { Noema } from '../noema.js';
import { heatStrip, strongestByPosition } from '../terminal/heat-strip.js';
import { formatTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommandContext } from './command-context.js';
import { runId } from './named-resource.js';
import { printOne } from './resource-output.js';
import { action } from './runner.js';
import { formatSampleAddress, parseSampleAddress, type SampleAddress } from './sample-address.js';
import { watchJob } from './watch-job.js';

interface Options {
  readonly epoch: number;
  readonly to?: string;
  readonly algorithm?: string[];
  readonly layer?: string;
  readonly output?: string;
  readonly class?: number[];
  readonly allClasses?: boolean;
}

export function analyzeCommand(): Command {
  return new Command('analyze')
    .description('explain the prediction for one sample')
    .argument('<run>', 'run, by name (the newest) or id')
    .addArgument(new Argument('<sample>', 'such as validation/42').argParser(parseSampleAddress))
    .option(
      '--algorithm <key...>',
      'heat maps to compute, by the keys of `noema methods explanations` (default: its defaults)',
    )
    .option(
      '--class <number...>',
      'classes to explain (default: the predicted class and the label)',
      (text: string, before: number[] = []) => [...before, Number(text)],
    )
    .option('--all-classes', 'explain every class; the time grows with their number')
    .option('--layer <name>', 'layer of the methods that need one (default: the last with positions)')
    .option('--output <name>', 'output to explain (default: the first, with the losses of all outputs)')
    .option('--epoch <number>', 'epoch (default: the last)', Number, 0)
    .option('--to <directory>', 'write the heat maps as PNG')
    .action(
      action(async (context: CommandContext, run: string, sample: SampleAddress, options: Options) => {
        const noema = await context.connect();
        const analysis = await analyze(context, noema, await context.projectId(noema), {
          runId: await runId(context, noema, run),
          sample,
          epoch: options.epoch,
          settings: {
            methods: options.algorithm ?? [],
            layer: options.layer ?? '',
            output: options.output ?? '',
            classes: options.class ?? [],
            allClasses: options.allClasses ?? false,
          },
        });
        if (options.to !== undefined) await writePictures(noema, analysis, options.to);
        printOne(context.terminal, AnalysisSchema, analysis, {
          sample: formatSampleAddress(analysis.sample),
          loss: analysis.hasLoss ? analysis.loss.toFixed(4) : 'none, the run has no ground truth for it',
          ...toOutcome(analysis),
        });
        context.terminal.line();
        for (const line of formatTable(analysis.heatMaps, HEAT_MAP_COLUMNS)) context.terminal.line(line);
        if (!context.terminal.json) await printStrips(noema, analysis, context.terminal);
        for (const { askedMethod, usedMethods, reason } of analysis.fallbacks) {
          const instead = usedMethods.length === 0 ? '' : `, ${usedMethods.join(' and ')} instead`;
          context.terminal.line(`no ${askedMethod}${instead}: ${reason}`);
        }
        for (const layer of analysis.layers)
          context.terminal.line(
            `${layer.layer}: ` +
              `${layer.units.map((u) => `unit ${u.unit} (${u.contribution.toFixed(2)})`).join(', ')}`,
          );
      }),
    );
}

/** How long the command waits for its job to be cancelled when it ends before it. */
const CANCEL_MS = 5_000;

/** Classes listed with their probabilities, likeliest first. */
const MAX_SCORES = 10;

function toOutcome({
  task,
  predictions,
  scores,
  trueClass,
  predictedClass,
}: Analysis): Record<string, string> {
  if (task === Task.REGRESSION)
    return { predicted: predictions.map((number) => number.toPrecision(6)).join('  ') };
  const name = (index: number): string => {
    const score = scores.find(({ classIndex }) => classIndex === index);
    return score === undefined ? '' : score.className || `class ${index}`;
  };
  const ranked = [...scores].sort((a, b) => b.probability - a.probability || a.classIndex - b.classIndex);
  const shown = scores.length > MAX_SCORES ? ranked.slice(0, MAX_SCORES) : scores;
  return {
    ...(trueClass >= 0 && { label: name(trueClass) }),
    predicted: name(predictedClass),
    probabilities: shown
      .map((s) => `${s.className || `class ${s.classIndex}`} ${(s.probability * 100).toFixed(1)} %`)
      .join('  '),
  };
}

/** Makes the analysis, or finds it, and returns it when it is ready. */
export async function analyze(
  context: CommandContext,
  noema: Noema,
  projectId: string,
  request: {
    readonly runId: string;
    readonly epoch: number;
    readonly sample: SampleAddress;
    readonly settings?: MessageInitShape<typeof AnalysisSettingsSchema>;
  },
): Promise<Analysis> {
  const { analysis, job } = await noema.analyses.createAnalysis({ projectId, ...request });
  if (job !== undefined && job.id !== '') {
    const watched = { service: 'explanations', jobId: job.id };
    try {
      await watchJob(noema, context.terminal, { ...watched, title: 'explaining' }, context.signal);
    } catch (error) {
      // No caller waits for the analysis any more. Cancel it, so that it does not block later ones.
      if (context.signal.aborted)
        await context
          .connect(AbortSignal.timeout(CANCEL_MS))
          .then((later) => later.jobs.cancelJob(watched))
          .catch(() => undefined);
      throw error;
    }
  }
  return (await noema.analyses.getAnalysis({ analysisId: analysis!.id })).analysis!;
}

/** Formats the target of a heat map. */
export const target = ({ target: t }: HeatMap): string =>
  t?.kind === TargetKind.OUTPUT
    ? `output ${t.classIndex}`
    : t?.kind === TargetKind.CLASS
      ? `class ${t.className || t.classIndex}`
      : t?.kind === TargetKind.LOSS
        ? 'loss'
        : 'similarity';

/**
 * Prints each heat map over a text, a series or a table as one line: the first position at the left. A map
 * over a picture is not printed; `--to` writes it.
 */
async function printStrips(noema: Noema, analysis: Analysis, terminal: Terminal): Promise<void> {
  const { datasetVersion } = await noema.datasets.getDatasetVersion({
    datasetVersionId: analysis.datasetVersionId,
  });
  if (datasetVersion?.visualizers[0]?.mediaType.startsWith('image/') === true) return;
  const maps = analysis.heatMaps.filter(({ dims }) => dims.length <= 2);
  if (maps.length === 0) return;
  const name = (map: HeatMap): string => `${target(map)} ${map.method}`;
  const margin = Math.max(...maps.map((map) => name(map).length)) + 2;
  terminal.line();
  for (const map of maps) {
    const { body } = await noema.analyses.getHeatMapValues({ analysisId: analysis.id, heatMapId: map.id });
    const column = readMatrix(body!.data).columns.find(({ name: key }) => key === 'values');
    if (column === undefined) continue;
    const values = strongestByPosition(Float32Array.from(column.data), map.dims);
    const strip = heatStrip(values, { width: terminal.width - margin - 1, color: terminal.color });
    terminal.line(`${name(map).padEnd(margin)}${strip}`);
  }
  const against = terminal.color.isColorSupported ? terminal.color.blue('█') : '▓';
  const legend = `${terminal.color.yellow('█')} for`;
  terminal.line(maps.some(({ signed }) => signed) ? `${legend}  ${against} against` : legend);
}

async function writePictures(noema: Noema, analysis: Analysis, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const map of analysis.heatMaps) {
    const { body } = await noema.analyses.getHeatMap({ analysisId: analysis.id, heatMapId: map.id });
    await writeFile(
      join(
        directory,
        `${map.method.replaceAll('-', '_')}-${target(map).replaceAll(/[^A-Za-z0-9]+/g, '-')}.png`,
      ),
      body!.data,
    );
  }
}

const HEAT_MAP_COLUMNS = [
  { heading: 'EVIDENCE FOR', value: target },
  { heading: 'ALGORITHM', value: (m: HeatMap) => m.method },
  { heading: 'LAYER', value: (m: HeatMap) => m.layer },
  ...(
    ['deletion', 'randomDeletion', 'edgeDeletion', 'insertion', 'randomInsertion', 'edgeInsertion'] as const
  ).map((key) => ({
    heading: key.replace(/[A-Z]/, (letter) => ` ${letter}`).toUpperCase(),
    value: (m: HeatMap) => scored(m, key),
    align: 'right' as const,
  })),
  { heading: 'PEAK', value: (m: HeatMap) => m.peak?.toPrecision(3) ?? '', align: 'right' as const },
  {
    heading: 'COMPLETENESS GAP',
    value: (m: HeatMap) =>
      m.completenessGap === undefined ? '' : `${(100 * m.completenessGap).toFixed(2)} %`,
    align: 'right' as const,
  },
];

type Score =
  | 'deletion'
  | 'randomDeletion'
  | 'edgeDeletion'
  | 'insertion'
  | 'randomInsertion'
  | 'edgeInsertion';

/** A score with its spread over the orders of equally hot positions. */
function scored({ faithfulness }: HeatMap, key: Score): string {
  const value = faithfulness?.[key];
  if (value === undefined) return '';
  const spread =
    key === 'deletion'
      ? faithfulness?.deletionSpread
      : key === 'insertion'
        ? faithfulness?.insertionSpread
        : undefined;
  return spread === undefined || spread === 0
    ? value.toFixed(3)
    : `${value.toFixed(3)} ± ${spread.toFixed(3)}`;
}
