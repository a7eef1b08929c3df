import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import type { HeatMap } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { DomainError } from '@noema/kernel';
import { analyze } from '../commands/analyze.command.js';
import { formatSampleAddress } from '../commands/sample-address.js';
import { worstMisclassified } from '../population/figures.js';
import type { Population } from '../population/population.js';
import { findAddress } from './similar.step.js';
import type { WalkContext } from './walk-context.js';
import type { AnalysisFigures } from './walk-result.js';

export interface WorstMisclassified {
  readonly row: number;
  readonly analysis: Analysis;
  readonly figures: AnalysisFigures;
  readonly maps: { readonly truth: HeatMap; readonly predicted: HeatMap; readonly loss: HeatMap };
}

/** Explains the misclassified validation digit with the highest loss. */
export async function explainWorst(
  context: WalkContext,
  population: Population,
  exploration: Exploration,
): Promise<WorstMisclassified> {
  const { noema, narrator, stopwatch, command, projectId } = context;
  narrator.chapter(
    'Analyze',
    'Why did the network misclassify the digit that it was most wrong about? Heat maps show the ' +
      'evidence for a class and what raises the loss.',
  );
  const row = worstMisclassified(population, 'validation')!;
  const analysis = await stopwatch.measure('analysis', () =>
    analyze(command, noema, projectId, {
      runId: exploration.runId,
      epoch: exploration.epoch,
      sample: findAddress(population, row),
    }),
  );
  const maps = {
    truth: heatMap(analysis, 'integrated-gradients', analysis.trueClass),
    predicted: heatMap(analysis, 'integrated-gradients', analysis.predictedClass),
    loss: heatMap(analysis, 'loss-gradient'),
  };
  const name = (index: number): string => population.classNames[index] ?? '';
  const {
    deletion = 0,
    insertion = 0,
    randomDeletion = 0,
    randomInsertion = 0,
  } = maps.truth.faithfulness ?? {};
  const figures = {
    sample: formatSampleAddress(analysis.sample),
    label: name(analysis.trueClass),
    prediction: name(analysis.predictedClass),
    deletion,
    insertion,
    random_deletion: randomDeletion,
    random_insertion: randomInsertion,
  };
  narrator.say(
    `${figures.sample} is a ${figures.label} and was predicted as a ${figures.prediction}; its loss is ` +
      `${analysis.loss.toFixed(2)}`,
  );
  narrator.say(
    `probabilities: ${analysis.scores
      .filter((s) => s.probability >= 0.005)
      .map((s) => `${s.className} ${(s.probability * 100).toFixed(1)} %`)
      .join(', ')}`,
  );
  narrator.say(
    `the heat map for ${figures.label} against a random mask of the same area: deletion ` +
      `${deletion.toFixed(3)} (random ${randomDeletion.toFixed(3)}, lower is better), insertion ` +
      `${insertion.toFixed(3)} (random ${randomInsertion.toFixed(3)}, higher is better)`,
  );
  narrator.say(
    `units that matter: ${analysis.layers
      .map(
        (l) =>
          `${l.layer} ${l.units
            .slice(0, 3)
            .map((u) => u.unit)
            .join(', ')}`,
      )
      .join('; ')}`,
  );
  return { row, analysis, figures, maps };
}

function heatMap(analysis: Analysis, method: string, classIndex?: number): HeatMap {
  const found = analysis.heatMaps.find(
    (m) => m.method === method && (classIndex === undefined || m.target?.classIndex === classIndex),
  );
  if (found === undefined)
    throw new DomainError(
      'internal',
      'HEAT_MAP_MISSING',
      `analysis ${analysis.id} has no ${method} ` +
        `map${classIndex === undefined ? '' : ` of class ${classIndex}`}`,
    );
  return found;
}
