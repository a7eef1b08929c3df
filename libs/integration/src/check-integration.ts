import { TRUTH_FIELDS } from '@noema/detection';
import { metadataWithoutValues } from '@noema/kernel';
import type { IntegrationReport } from './check-report.js';
import { checkGradient } from './gradient-check.js';
import { HandlerProbe } from './handler-probe.js';
import { type Handler, runHandler } from './handler.js';
import { classGroundTruth, type Integration, type PreprocessContext } from './integration.js';
import { type Population, planPopulation } from './population.js';
import { SampleEncoder } from './sample-encoder.js';
import { finiteScore, SampleScorer } from './sample-scorer.js';
import type { SampleContext } from './sample.js';
import type { Tensor } from './tensor.js';

/**
 * Runs every handler on up to `samples` samples of each split, spread evenly (default: 16; `Infinity` for
 * all). Reports shape, type, time, and every fault with file and line. Never throws for a fault of the
 * integration.
 */
export async function checkIntegration(
  integration: Integration,
  { samples = 16, secrets = {} }: { samples?: number } & Partial<PreprocessContext> = {},
): Promise<IntegrationReport> {
  const preprocess = new HandlerProbe({ role: 'preprocess', name: 'preprocess', fn: integration.preprocess });
  const planned = await preprocess.call(undefined, () =>
    planPopulation(integration, { secrets }, (fault) => {
      preprocess.fault(undefined, fault);
    }),
  );
  const population = preprocess.hasFaults ? undefined : planned;
  preprocess.says(
    population === undefined ? 'no splits' : `${population.splits.length} splits, ${population.size} samples`,
  );
  const handlers = [
    preprocess.report(),
    ...(population === undefined ? [] : await new Check(integration, population, samples).run()),
  ];
  const faults = handlers.reduce((sum, handler) => sum + handler.faults.length, 0);
  const bad = handlers
    .filter((handler) => handler.faults.length > 0)
    .map((handler) => `${handler.role} "${handler.name}"`);
  const checked = Math.max(0, ...handlers.map((handler) => handler.checked));
  return {
    passed: faults === 0,
    handlers,
    splitCounts: Object.fromEntries((population?.splits ?? []).map((split) => [split.name, split.length])),
    classNames: integration.predictions?.labels ?? [],
    summary:
      faults === 0
        ? `All ${handlers.length} handlers work on the ${checked} samples tried.`
        : `${faults} ${faults === 1 ? 'fault' : 'faults'} in ${bad.join(', ')}.`,
  };
}

/** Ground truths of the checked samples that have some. */
type Truths = ReadonlyMap<SampleContext<unknown>, Record<string, Tensor>>;
/** Samples whose gradient of the loss is compared with finite differences. */
const CHECKED_GRADIENTS = 4;

class Check {
  private readonly encoder: SampleEncoder;
  private readonly chosen: readonly SampleContext<unknown>[];

  constructor(
    private readonly integration: Integration,
    population: Population,
    samples: number,
  ) {
    this.encoder = new SampleEncoder(integration);
    this.chosen = population.splits.flatMap((split) => {
      const count = Math.min(samples, split.length);
      return Array.from({ length: count }, (_, i) =>
        population.sampleAt(split.firstRow + Math.floor((i * split.length) / count)),
      );
    });
  }

  async run() {
    const labelled = this.chosen.filter((sample) => sample.split !== 'unlabeled');
    const { inputs, groundTruths, metadata = {}, visualizers = {}, metrics = {}, loss } = this.integration;
    const truths = new Map<SampleContext<unknown>, Record<string, Tensor>>(
      labelled.map((sample) => [sample, {}]),
    );
    const reports = [];
    for (const [name, fn] of Object.entries(inputs))
      reports.push(await this.tensors('input', name, fn, this.chosen));
    for (const [name, fn] of Object.entries(groundTruths))
      reports.push(
        await this.tensors('ground-truth', name, fn, labelled, (sample, tensor) => {
          truths.get(sample)![name] = tensor;
        }),
      );
    for (const [name, fn] of Object.entries(metadata)) reports.push(await this.metadata(name, fn));
    for (const [name, fn] of Object.entries(visualizers)) reports.push(await this.visuals(name, fn));
    for (const [name, fn] of Object.entries(metrics))
      reports.push(
        await this.score({ role: 'metric', name, fn }, truths, async (sample, prediction, groundTruths) =>
          finiteScore(await fn({ sample, prediction, groundTruths })),
        ),
      );
    if (loss !== undefined) reports.push(await this.checkLoss(loss, truths));
    return reports;
  }

  private async tensors(
    role: 'input' | 'ground-truth',
    name: string,
    fn: (sample: SampleContext<unknown>) => unknown,
    samples: readonly SampleContext<unknown>[],
    keep?: (sample: SampleContext<unknown>, tensor: Tensor) => void,
  ) {
    const probe = new HandlerProbe({ role, name, fn });
    for (const sample of samples) {
      const tensor = await probe.call(sample, () => this.encoder.tensor({ role, name, fn }, sample));
      if (tensor === undefined) continue;
      probe.saw(tensor.data);
      keep?.(sample, tensor);
    }
    const { inputs, groundTruths } = this.encoder.spec();
    return probe.report((role === 'input' ? inputs : groundTruths).find((spec) => spec.name === name));
  }

  private async metadata(name: string, fn: (sample: SampleContext<unknown>) => unknown) {
    const handler = { role: 'metadata', name, fn } as const;
    const probe = new HandlerProbe(handler);
    const types = new Map<string, string>();
    const columns = new Set<string>();
    for (const sample of this.chosen) {
      for (const [column, cell] of (await probe.call(sample, () => this.encoder.metadata(handler, sample))) ??
        []) {
        columns.add(column);
        if (cell !== null) types.set(column, typeof cell);
        if (typeof cell === 'number' && column === name) probe.saw([cell]);
      }
    }
    probe.says(
      types.size === 1 && types.has(name)
        ? types.get(name)!
        : [...types].map(([column, type]) => `${column} ${type}`).join(', ') || 'nothing',
    );
    const found = [...columns].map((column) => ({ name: column, hasValues: types.has(column) }));
    for (const fault of metadataWithoutValues(found, this.chosen.length)) probe.fault(undefined, fault);
    return probe.report();
  }

  private async visuals(name: string, fn: (sample: SampleContext<unknown>) => unknown) {
    const handler = { role: 'visualizer', name, fn } as const;
    const probe = new HandlerProbe(handler);
    for (const sample of this.chosen) {
      const visual = await probe.call(sample, () => this.encoder.visual(handler, sample));
      if (visual !== undefined) probe.says(visual.mediaType);
    }
    return probe.report();
  }

  private async score(
    handler: Handler,
    truths: Truths,
    computeScore: (
      sample: SampleContext<unknown>,
      prediction: Tensor,
      groundTruths: Readonly<Record<string, Tensor>>,
    ) => Promise<number>,
  ) {
    const probe = new HandlerProbe(handler);
    for (const [sample, groundTruths] of truths) {
      const prediction = this.uniformPrediction(groundTruths);
      const value = await probe.call(sample, () =>
        runHandler(handler, sample, () => computeScore(sample, prediction, groundTruths)),
      );
      if (value !== undefined) probe.saw([value]);
    }
    probe.says('number');
    return probe.report();
  }

  /** The loss, and its gradient against finite differences. */
  private async checkLoss(fn: object, truths: Truths) {
    const probe = new HandlerProbe({ role: 'loss', name: 'loss', fn });
    const scorer = new SampleScorer(this.integration, this.encoder);
    let gradients = 0;
    for (const [sample, groundTruths] of truths) {
      const prediction = this.uniformPrediction(groundTruths);
      const result = await probe.call(sample, () => scorer.computeLoss(sample, prediction, groundTruths));
      if (result === undefined) continue;
      probe.saw([result.value]);
      if (result.gradient === undefined) continue;
      if (gradients++ >= CHECKED_GRADIENTS) continue;
      try {
        await runHandler(probe.handler, sample, () =>
          checkGradient(prediction, result, (moved) => scorer.computeLoss(sample, moved, groundTruths)),
        );
      } catch (error) {
        probe.fault(sample, error);
      }
    }
    probe.says(gradients > 0 ? 'number with gradient' : 'number');
    return probe.report();
  }

  /**
   * A prediction that gives every class the same probability, in the shape that a network for these ground truths
   * has.
   */
  private uniformPrediction(groundTruths: Readonly<Record<string, Tensor>>): Tensor {
    const { predictions } = this.integration;
    const classes = predictions?.labels.length ?? 1;
    const dims = predictionDims(
      groundTruths[classGroundTruth(this.integration) ?? Object.keys(groundTruths)[0] ?? ''],
      predictions && classes,
    );
    const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1)).fill(1 / classes);
    return { data, dims, type: 'float32' };
  }
}

/**
 * The numbers of a regression, one number for each class, a grid of cells for objects, or classes at every position of
 * a mask.
 */
function predictionDims(truth: Tensor | undefined, classes: number | undefined): readonly number[] {
  const dims = truth?.dims ?? [];
  if (classes === undefined) return dims.length === 0 ? [1] : dims;
  if (dims.length < 2) return [classes];
  if (truth !== undefined && holdsObjects(truth)) return [1, dims[0]!, TRUTH_FIELDS + classes];
  return dims.at(-1) === classes ? dims : [...(dims.at(-1) === 1 ? dims.slice(0, -1) : dims), classes];
}

/** True for rows of objects on a picture: positions as shares of it, or the −1 of no object, are no classes. */
const holdsObjects = ({ dims, data }: Tensor): boolean =>
  dims.length === 2 &&
  dims[1] === TRUTH_FIELDS &&
  data.some((value) => !Number.isInteger(value) || value < 0);
