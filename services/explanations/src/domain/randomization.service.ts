import type { UnitOfWork } from '@noema/kernel';
import { rankCorrelation } from '@noema/saliency';
import { sanityCheckNotFound } from './analysis.errors.js';
import type { AlgorithmKey } from './analysis.js';
import { explainedOf, likeliest } from './explainers/explained.js';
import { explainers } from './explainers/explainer.registry.js';
import { explainAll } from './explainers/fallback.js';
import type { StepControl } from './explanation.service.js';
import type { Models, OpenModel, SampleTensors } from './model.ports.js';
import { type RowsSource, storedRow } from './population.js';
import { cascadeOf, type RandomizationStep, RANDOMIZATION_SEED, resultOf } from './sanity-check.js';
import type { SanityChecks } from './sanity-check.ports.js';

/** One sample, the class that the trained model gives it, and the values of its heat maps by algorithm. */
interface Subject {
  readonly sample: SampleTensors;
  readonly predictedClass: number;
  readonly maps: ReadonlyMap<AlgorithmKey, Float32Array>;
}

/**
 * Makes sanity checks by cascading randomisation (Adebayo et al. 2018): the weights become random layer by layer from the output to the input,
 * and the maps of the same samples and classes are ranked against those of the trained model. Seeded: the same epoch gives the same numbers.
 */
export class RandomizationService {
  constructor(private readonly ports: { readonly work: UnitOfWork; readonly checks: SanityChecks; readonly models: Models }) {}

  async check(teamId: string, id: string, { signal, progress }: StepControl): Promise<{ commit: () => Promise<void> }> {
    const { work, checks, models } = this.ports, check = await work.run(teamId, () => checks.find(id));
    if (check === undefined) throw sanityCheckNotFound(id);
    const { source } = check, trained = await models.open(source), cascade = cascadeOf(trained.layers.map(({ name }) => name)), total = cascade.length + 1;
    progress(0, total, `explaining ${source.rows.length} samples with the trained weights`);
    const subjects = await Promise.all(source.rows.map(async (row): Promise<Subject> => {
      const sample = await trained.tensorsOf(storedRow(source, row));
      const predictedClass = likeliest(await trained.predict(sample, sample.inputs.get(trained.input.name)!.data, signal));
      return { sample, predictedClass, maps: await mapsOf(trained, source, { sample, predictedClass }, signal) };
    }));
    const steps = new Map<AlgorithmKey, RandomizationStep[]>([...new Set(subjects.flatMap(({ maps }) => [...maps.keys()]))].map((key) => [key, []]));
    for (const [i, layer] of cascade.entries()) {
      progress(i + 1, total, `weights random down to layer ${layer}`);
      const model = await models.openRandomized(source, { downTo: layer, seed: RANDOMIZATION_SEED });
      const found = await Promise.all(subjects.map((subject) => mapsOf(model, source, subject, signal)));
      for (const [key, so] of steps) so.push({ layer, ...agreement(subjects.map(({ maps }) => maps.get(key)), found.map((maps) => maps.get(key))) });
    }
    progress(total, total, '');
    return { commit: () => checks.finish(id, [...steps].map(([key, made]) => resultOf(key, made)), new Date()) };
  }
}

/** By every algorithm of the gradient family, or by the perturbation family where the model has no gradients. */
async function mapsOf(model: OpenModel, { layer }: RowsSource, { sample, predictedClass }: Omit<Subject, 'maps'>, signal: AbortSignal): Promise<Map<AlgorithmKey, Float32Array>> {
  const of = explainedOf(model, sample, { classes: [predictedClass], layer, isDraft: true, signal });
  const keys = explainers.keys().map((key) => explainers.get(key)).filter(({ family, atLayer }) => family === 'gradient' && !(atLayer && layer === '')).map(({ key }) => key);
  const { explanations } = await explainAll(of, keys, () => undefined);
  return new Map(explanations.map(({ key, map }) => [key, map.data]));
}

/** Means over the samples whose trained map says anything; 0 when none does. */
function agreement(trained: readonly (Float32Array | undefined)[], random: readonly (Float32Array | undefined)[]): Omit<RandomizationStep, 'layer'> {
  const pairs = trained.flatMap((map, i) => (map?.some((value) => value !== 0) === true ? [[map, random[i]!] as const] : []));
  const mean = (of: (a: Float32Array, b: Float32Array) => number): number => (pairs.length === 0 ? 0 : pairs.reduce((sum, [a, b]) => sum + of(a, b), 0) / pairs.length);
  return { rankCorrelation: mean(rankCorrelation), sizeRankCorrelation: mean((a, b) => rankCorrelation(a.map(Math.abs), b.map(Math.abs))) };
}
