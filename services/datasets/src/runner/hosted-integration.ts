import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { checkIntegration, type Integration, loadIntegration, planPopulation, type Population, SampleEncoder } from '@noema/integration';
import type { IngestionPlan } from '../domain/ingestion.js';
import { preprocessChanged } from '../domain/integration.errors.js';
import type { LoadedIntegration, RunnerMethods, ShardAnswer } from './runner.protocol.js';
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

  load(): LoadedIntegration {
    const { name, hosts = [], secrets = [] } = this.integration;
    return { name, hosts, secrets };
  }

  check({ samples, secrets }: RunnerMethods['check']['params']): Promise<RunnerMethods['check']['result']> {
    return checkIntegration(this.integration, { samples, secrets });
  }

  /** Splits, shapes of the first samples, class names. */
  async plan({ secrets }: Pick<RunnerMethods['plan']['params'], 'secrets'>): Promise<IngestionPlan> {
    const population = await this.samples(secrets);
    const encoder = new SampleEncoder(this.integration);
    const labelled = population.splits.find((split) => split.name !== 'unlabeled');
    await encoder.encode(population.sampleAt(labelled?.firstRow ?? 0));
    return {
      ...encoder.spec(), sampleCount: population.size, classNames: this.integration.predictions?.labels ?? [],
      splits: population.splits.map(({ name, length, firstRow }) => ({ split: name, count: length, firstRow })), populationDigest: digestOf(population),
    };
  }

  /** The given rows; yields to the event loop now and then, so that the end of the parent is noticed. */
  async encode({ plan, firstRow, rowCount, secrets }: RunnerMethods['encode']['params'], progress: (done: number) => void): Promise<{ readonly answer: ShardAnswer; readonly parts: Uint8Array[] }> {
    const population = await this.samples(secrets);
    if (digestOf(population) !== plan.populationDigest) throw preprocessChanged(this.modulePath);
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

  private samples(secrets: Readonly<Record<string, string>>): Promise<Population> {
    return this.population ??= planPopulation(this.integration, { secrets });
  }
}

function digestOf(population: Population): string {
  const hash = createHash('sha256');
  for (const { name, length, ids } of population.splits) hash.update(JSON.stringify([name, length, ids ?? null]));
  return hash.digest('hex');
}
