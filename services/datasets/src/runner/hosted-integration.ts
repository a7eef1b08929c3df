import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { checkIntegration, type Integration, loadIntegration, planPopulation, type Population, SampleEncoder } from '@noema/integration';
import type { EncodedShard, IngestionPlan } from '../domain/ingestion.js';
import { preprocessChanged } from '../domain/integration.errors.js';
import type { RunnerMethods } from './runner.protocol.js';
import { ShardBuffers } from './shard-buffers.js';

const BREATH_ROWS = 64;
const BREATH_MS = 1_000;

/** The integration of one module inside the process that runs it; preprocess runs once. */
export class HostedIntegration {
  private population: Promise<Population> | undefined;

  private constructor(private readonly modulePath: string, private readonly integration: Integration) {}

  static async of(modulePath: string): Promise<HostedIntegration> {
    return new HostedIntegration(modulePath, await loadIntegration(modulePath));
  }

  load(): Promise<RunnerMethods['load']['result']> {
    return Promise.resolve({ name: this.integration.name });
  }

  check({ samples }: RunnerMethods['check']['params']): Promise<RunnerMethods['check']['result']> {
    return checkIntegration(this.integration, { samples });
  }

  /** Splits, shapes of the first samples, class names. */
  async plan(): Promise<IngestionPlan> {
    const population = await this.samples();
    const encoder = new SampleEncoder(this.integration);
    const labelled = population.splits.find((split) => split.name !== 'unlabeled');
    await encoder.encode(population.sampleAt(labelled?.firstRow ?? 0));
    return {
      ...encoder.spec(), sampleCount: population.size, classNames: this.integration.predictions?.labels ?? [],
      splits: population.splits.map(({ name, length, firstRow }) => ({ split: name, count: length, firstRow })), populationDigest: digestOf(population),
    };
  }

  /** The given rows; yields to the event loop now and then, so that the end of the parent is noticed. */
  async encode({ plan, firstRow, rowCount }: RunnerMethods['encode']['params'], progress: (done: number, total: number) => void): Promise<EncodedShard> {
    const population = await this.samples();
    if (digestOf(population) !== plan.populationDigest) throw preprocessChanged(this.modulePath);
    const encoder = new SampleEncoder(this.integration, plan);
    const buffers = new ShardBuffers(plan, rowCount);
    let breath = performance.now();
    for (let row = 0; row < rowCount; row++) {
      const sample = population.sampleAt(firstRow + row);
      buffers.add(sample, await encoder.encode(sample));
      if (row % BREATH_ROWS !== BREATH_ROWS - 1 && performance.now() - breath < BREATH_MS) continue;
      breath = performance.now();
      progress(row + 1, rowCount);
      await setImmediate();
    }
    progress(rowCount, rowCount);
    return buffers.finish();
  }

  private samples(): Promise<Population> {
    return this.population ??= planPopulation(this.integration);
  }
}

function digestOf(population: Population): string {
  const hash = createHash('sha256');
  for (const { name, length, ids } of population.splits) hash.update(JSON.stringify([name, length, ids ?? null]));
  return hash.digest('hex');
}
