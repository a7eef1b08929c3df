import { Inject, Injectable } from '@nestjs/common';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { rankCorrelation } from '@noema/saliency';
import { sanityCheckNotFound } from '../analysis/analysis.errors.js';
import type { StepControl } from '../analysis/analysis.executor.js';
import { ModelStore } from '../engine/model.store.js';
import { toExplained, likeliest } from '../explainers/explained.js';
import { explainers } from '../explainers/explainer.registry.js';
import { explainAll } from '../explainers/fallback.js';
import { type Slice, takeSlice } from '../jobs/slice.js';
import type { OpenModel, SampleTensors } from '../model/model.ports.js';
import { type RowsSource, storedRow } from '../population/population.js';
import {
  planCascade,
  RANDOMIZATION_SEED,
  type RandomizationStep,
  toResult,
  type SanityCheck,
} from './sanity-check.js';
import type { SanityChecks } from './sanity-check.ports.js';
import { SanityCheckRepository } from './sanity-check.repository.js';

/** One sample, the class that the trained model gives it, and the values of its heat maps by algorithm. */
interface Subject {
  readonly sample: SampleTensors;
  readonly predictedClass: number;
  readonly maps: ReadonlyMap<string, Float32Array>;
}

/**
 * Results of the samples of one slice, by random layer: the correlations of values and of sizes of each
 * sample whose map has a correlation.
 */
interface RandomizedPart {
  readonly steps: readonly {
    readonly layer: string;
    readonly agreements: readonly {
      readonly key: string;
      readonly pairs: readonly (readonly [number, number])[];
    }[];
  }[];
}

/**
 * Makes sanity checks by cascading randomisation (Adebayo et al. 2018): the weights become random layer by
 * layer from the output to the input, and the maps of the same samples and classes are ranked against the
 * maps of the trained model. Seeded: the same epoch gives the same numbers.
 */
@Injectable()
export class SanityCheckExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SanityCheckRepository) private readonly checks: SanityChecks,
    @Inject(ModelStore) private readonly models: Pick<ModelStore, 'open' | 'openRandomized'>,
  ) {}

  /**
   * Explains the samples of one slice with the trained and with random weights, and ranks the maps against
   * each other.
   */
  async randomize(
    teamId: string,
    id: string,
    slice: Slice,
    { signal, progress }: StepControl,
  ): Promise<RandomizedPart> {
    const { models } = this;
    const { source } = await this.find(teamId, id);
    const rows = takeSlice(source.rows, slice);
    const trained = await models.open(source);
    const cascade = planCascade(trained.layers.map(({ name }) => name));
    const total = cascade.length + 1;
    progress(0, total, `explaining ${source.rows.length} samples with the trained weights`);
    const subjects = await Promise.all(
      rows.map(async (row): Promise<Subject> => {
        const sample = await trained.readTensors(storedRow(source, row));
        const predictedClass = likeliest(
          await trained.predict(sample, sample.inputs.get(trained.input.name)!.data, signal),
        );
        return {
          sample,
          predictedClass,
          maps: await computeMaps(trained, source, { sample, predictedClass }, signal),
        };
      }),
    );
    const keys = [...new Set(subjects.flatMap(({ maps }) => [...maps.keys()]))];
    const steps: RandomizedPart['steps'][number][] = [];
    for (const [i, layer] of cascade.entries()) {
      progress(i + 1, total, `weights random down to layer ${layer}`);
      const model = await models.openRandomized(source, { downTo: layer, seed: RANDOMIZATION_SEED });
      const found = await Promise.all(subjects.map((subject) => computeMaps(model, source, subject, signal)));
      steps.push({
        layer,
        agreements: keys.map((key) => ({
          key,
          pairs: agreements(
            subjects.map(({ maps }) => maps.get(key)),
            found.map((maps) => maps.get(key)),
          ),
        })),
      });
    }
    progress(total, total, '');
    return { steps };
  }

  /**
   * Makes the means over the samples of all slices visible; what it gives is to be run in the transaction
   * that ends the step.
   */
  async publish(
    teamId: string,
    id: string,
    parts: readonly RandomizedPart[],
  ): Promise<{ commit: () => Promise<void> }> {
    await this.find(teamId, id);
    const keys = [
      ...new Set(
        parts.flatMap(({ steps }) => steps.flatMap(({ agreements: of }) => of.map(({ key }) => key))),
      ),
    ];
    const toStep = (key: string, at: number): RandomizationStep => {
      const pairs = parts.flatMap(
        ({ steps }) => steps[at]!.agreements.find((of) => of.key === key)?.pairs ?? [],
      );
      return {
        layer: parts[0]!.steps[at]!.layer,
        rankCorrelation: computeMean(pairs.map(([drawn]) => drawn)),
        sizeRankCorrelation: computeMean(pairs.map(([, sizes]) => sizes)),
      };
    };
    const results = keys.map((key) =>
      toResult(
        key,
        parts[0]!.steps.map((_, at) => toStep(key, at)),
      ),
    );
    return { commit: () => this.checks.finish(id, results, new Date()) };
  }

  private async find(teamId: string, id: string): Promise<SanityCheck> {
    const { unitOfWork, checks } = this;
    const check = await unitOfWork.run(teamId, () => checks.find(id));
    if (check === undefined) throw sanityCheckNotFound(id);
    return check;
  }
}

/**
 * By every algorithm of the gradient family, or by the perturbation family where the model has no gradients.
 */
async function computeMaps(
  model: OpenModel,
  { layer }: RowsSource,
  { sample, predictedClass }: Omit<Subject, 'maps'>,
  signal: AbortSignal,
): Promise<Map<string, Float32Array>> {
  const of = toExplained(model, sample, { classes: [predictedClass], layer, isDraft: true, signal });
  const keys = explainers
    .values()
    .filter(({ facts }) => facts.needsGradients && !(facts.atLayer && layer === ''))
    .map(({ key }) => key);
  const { explanations } = await explainAll(of, keys, () => undefined);
  return new Map(explanations.map(({ key, map }) => [key, map.data]));
}

/** Correlations of the values and of their sizes, of each sample whose trained map says anything. */
function agreements(
  trained: readonly (Float32Array | undefined)[],
  random: readonly (Float32Array | undefined)[],
): (readonly [number, number])[] {
  const pairs = trained.flatMap((map, i) =>
    map?.some((value) => value !== 0) === true ? [[map, random[i]!] as const] : [],
  );
  return pairs.map(([a, b]) => [rankCorrelation(a, b), rankCorrelation(a.map(Math.abs), b.map(Math.abs))]);
}

/** 0 for none. */
const computeMean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
