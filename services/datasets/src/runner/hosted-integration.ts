import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  checkIntegration,
  type Integration,
  planPopulation,
  type Population,
  SampleEncoder,
} from '@noema/integration';
import type { PopulationPlan } from '../ingestion/ingestion.js';
import { preprocessChanged } from '../integration/integration.errors.js';
import type { LoadedIntegration, RunnerMethods, ShardResponse } from './runner.protocol.js';
import { ShardBuffers } from './shard-buffers.js';
import { sift } from './sift-samples.js';

const BREATH_ROWS = 64;
const BREATH_MS = 1_000;

/** The integration of one module inside the process that runs it; preprocess runs once. */
export class HostedIntegration {
  private population: Promise<Population> | undefined;
  /** The population without the samples that its plan skips. */
  private kept: Population | undefined;

  private constructor(
    private readonly modulePath: string,
    private readonly integration: Integration,
  ) {}

  static async of(
    modulePath: string,
    load: (modulePath: string) => Promise<Integration>,
  ): Promise<HostedIntegration> {
    return new HostedIntegration(modulePath, await load(modulePath));
  }

  load(): LoadedIntegration {
    const { name, hosts = [], secrets = [] } = this.integration;
    return { name, hosts, secrets };
  }

  check({ samples, secrets }: RunnerMethods['check']['params']): Promise<RunnerMethods['check']['result']> {
    return checkIntegration(this.integration, { samples, secrets });
  }

  /** Splits, shapes of the first samples, class names, and which samples are skipped. */
  async plan(
    { secrets, maxSkippedShare }: Omit<RunnerMethods['plan']['params'], 'modulePath'>,
    progress: (done: number) => void,
  ): Promise<PopulationPlan> {
    const all = await this.samples(secrets);
    const { encoder, skipped } =
      maxSkippedShare > 0
        ? await sift(this.integration, all, maxSkippedShare, progress)
        : { encoder: await this.first(all), skipped: [] };
    const population = skipped.length === 0 ? all : all.without(skipped.map(({ row }) => row));
    return {
      ...encoder.spec(),
      ...(skipped.length === 0 ? {} : { skipped }),
      sampleCount: population.size,
      classNames: this.integration.predictions?.labels ?? [],
      splits: population.splits.map(({ name, length, firstRow }) => ({
        split: name,
        count: length,
        firstRow,
      })),
      populationDigest: digestOf(all),
    };
  }

  /** The given rows; yields to the event loop now and then, so that the end of the parent is noticed. */
  async encode(
    { plan, firstRow, rowCount, secrets }: RunnerMethods['encode']['params'],
    progress: (done: number) => void,
  ): Promise<{ readonly answer: ShardResponse; readonly parts: Uint8Array[] }> {
    const all = await this.samples(secrets);
    if (digestOf(all) !== plan.populationDigest) throw preprocessChanged(this.modulePath);
    const population = (this.kept ??=
      plan.skipped === undefined ? all : all.without(plan.skipped.map(({ row }) => row)));
    const encoder = new SampleEncoder(this.integration, plan);
    const buffers = new ShardBuffers(plan, rowCount);
    let breath = performance.now();
    for (let row = 0; row < rowCount; row++) {
      const sample = population.sampleAt(firstRow + row);
      buffers.add(sample, await encoder.encode(sample));
      if (row % BREATH_ROWS !== BREATH_ROWS - 1 && performance.now() - breath < BREATH_MS) continue;
      breath = performance.now();
      progress(row + 1);
      await setImmediate();
    }
    return buffers.finish();
  }

  /** Shapes by the first sample, one with ground truth where there is one. */
  private async first(population: Population): Promise<SampleEncoder> {
    const encoder = new SampleEncoder(this.integration);
    const labelled = population.splits.find((split) => split.name !== 'unlabeled');
    await encoder.encode(population.sampleAt(labelled?.firstRow ?? 0));
    return encoder;
  }

  private samples(secrets: Readonly<Record<string, string>>): Promise<Population> {
    return (this.population ??= planPopulation(this.integration, { secrets }));
  }
}

function digestOf(population: Population): string {
  const hash = createHash('sha256');
  for (const { name, length, ids } of population.splits)
    hash.update(JSON.stringify([name, length, ids ?? null]));
  return hash.digest('hex');
}
