import { DomainError, metadataWithoutValues } from '@noema/kernel';
import type { IntegrationReport } from './check-report.js';
import { HandlerProbe } from './handler-probe.js';
import { runHandler } from './handler.js';
import type { Integration, PreprocessContext } from './integration.js';
import { type Population, planPopulation } from './population.js';
import { SampleEncoder } from './sample-encoder.js';
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
      reports.push(await this.score('metric', name, fn, truths));
    if (loss !== undefined) reports.push(await this.score('loss', 'loss', loss, truths));
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
    role: 'metric' | 'loss',
    name: string,
    fn: NonNullable<Integration['loss']>,
    truths: ReadonlyMap<SampleContext<unknown>, Record<string, Tensor>>,
  ) {
    const probe = new HandlerProbe({ role, name, fn });
    const classes = this.integration.predictions?.labels.length ?? 1;
    const prediction: Tensor = {
      data: new Float32Array(classes).fill(1 / classes),
      dims: [classes],
      type: 'float32',
    };
    for (const [sample, groundTruths] of truths) {
      const value = await probe.call(sample, () =>
        runHandler(probe.handler, sample, async () => finite(await fn({ sample, prediction, groundTruths }))),
      );
      if (value !== undefined) probe.saw([value]);
    }
    probe.says('number');
    return probe.report();
  }
}

function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new DomainError(
    'invalid',
    'NOT_FINITE',
    `it returned ${String(value)} for a uniform prediction; return a finite number`,
  );
}
