import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSampleAddress } from '../commands/sample-address.js';
import { loadPopulation, loadSamples } from '../population/load-population.js';
import { exportPopulation } from '../population/population.export.js';
import { formatTable } from '../terminal/table.js';
import { explainWorst } from './analysis.step.js';
import { ingestDigits } from './data.step.js';
import { type Shown, visibleSummary } from './expectations.js';
import { awaitMaps, figures } from './maps.step.js';
import { drawMaps, drawPictures } from './pictures.step.js';
import { readMap } from './reading.step.js';
import { requestSimilar, printSimilar } from './similar.step.js';
import { trainNetwork } from './training.step.js';
import type { WalkContext } from './walk-context.js';
import type { WalkResult } from './walk-result.js';

export interface WalkReport {
  readonly result: WalkResult;
  readonly shown: readonly Shown[];
}

/**
 * Walks from raw digits to explained mistakes, telling each step; leaves pictures, export and `result.json`
 * in the directory.
 */
export async function walk(context: WalkContext, directory: string): Promise<WalkReport> {
  const { noema, narrator, stopwatch, command } = context;
  const version = await ingestDigits(context);
  const { run, trained } = await trainNetwork(context, version.id);
  // While the last maps are made, who the samples are is fetched.
  const [explorations, samples] = await Promise.all([
    awaitMaps(context, run),
    loadSamples(noema, version.id),
  ]);
  const last = explorations.at(-1)!;
  const population = await stopwatch.measure('fetch', () =>
    loadPopulation(noema, command.artifacts(), last.id, { known: samples }),
  );
  const reading = readMap(context, population);
  // While the platform explains, what is known already is drawn and written here.
  const [worst, asked, left] = await Promise.all([
    explainWorst(context, population, last),
    requestSimilar(context, population, last),
    stopwatch.measure('export', async () => ({
      maps: await drawMaps({ population, exploration: last }, directory),
      exported: await exportPopulation(population, join(directory, 'export')),
    })),
  ]);
  const similar = await printSimilar(context, population, asked);
  narrator.chapter('Pictures and figures', 'Everything that was seen, to look at and to recompute.');
  const pictures = await stopwatch.measure('pictures', () =>
    drawPictures(context, { population, exploration: last, worst, similar }, directory),
  );
  narrator.say(`${directory}: ${[...left.maps, ...pictures, 'result.json'].join(', ')}`);
  narrator.say(`${join(directory, 'export')}: ${left.exported.join(', ')}`);
  const { activationSet } = await noema.activationSets.getActivationSet({
    activationSetId: last.activationSetId,
  });
  const result: WalkResult = {
    validation_accuracy: reading.validationAccuracy,
    explorations: explorations.map(figures),
    loss_ratio_misclassified: reading.lossRatio,
    nearest_class: reading.nearest,
    similar: {
      query: formatSampleAddress(similar.query),
      k: similar.similar.length,
      same_label: similar.sameLabel,
      recall: similar.recall,
    },
    analysis: worst.figures,
    seconds: stopwatch.report(),
    engine: { trainer: run.engine, responder: activationSet!.engine, index: similar.index },
  };
  await writeFile(join(directory, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  return { result, shown: visibleSummary(result, { points: version.sampleCount, trained }) };
}

/** Prints the table of what must be shown and the share of each step. */
export function printMetrics({ narrator }: WalkContext, { result, shown }: WalkReport): void {
  const { color } = narrator.terminal;
  narrator.chapter('The figures', 'What this walk has to show, and what it showed.');
  narrator.table(
    formatTable(shown, [
      { heading: 'what', value: (s) => s.what },
      { heading: 'at least', value: (s) => s.atLeast },
      { heading: 'measured', value: (s) => s.measured },
      { heading: '', value: (s) => (s.met ? color.green('✓') : color.red('✗')) },
    ]),
  );
  const { total, ...steps } = result.seconds;
  narrator.say(
    `time: ${Object.entries(steps)
      .map(([step, s]) => `${step} ${s.toFixed(1)} s (${Math.round((s / total!) * 100)} %)`)
      .join(', ')}; ${total!.toFixed(1)} s in all`,
  );
  narrator.say(
    `engine: training ${result.engine.trainer}, responses ${result.engine.responder}, index ` +
      `${result.engine.index}`,
  );
}
