import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  checkIntegration,
  type Integration,
  planPopulation,
  type Population,
  SampleEncoder,
  SampleScorer,
} from '@noema/integration';
import type { PopulationPlan } from '../ingestion/ingestion.js';
import { preprocessChanged } from '../integration/integration.errors.js';
import type { LoadedIntegration, RunnerMethods, ScoreResponse, ShardResponse } from './runner.protocol.js';
import { ScoreBuffers } from './score.buffers.js';
import { ShardBuffers } from './shard-buffers.js';
import { sift } from './sift-samples.js';

/** Ids that are hashed at once. */
const DIGEST_IDS = 65_536;
const BREATH_ROWS = 64;
const BREATH_MS = 1_000;
/** Samples that are encoded at once, where an integration can. */
const BATCH_ROWS = 2_048;

/** The integration of one module inside the process that runs it; preprocess runs once. */
export class HostedIntegration {
  private population: Promise<Population> | undefined;
  /** The population without the samples that its plan skips. */
  private kept: Population | undefined;
  /** Digest of the population with all of its samples. */
  private digest: string | undefined;

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
      ...this.scores(),
      ...(this.integration.group !== undefined && { groupField: this.integration.group }),
      sampleCount: population.size,
      classNames: this.integration.predictions?.labels ?? [],
      splits: population.splits.map(({ name, length, firstRow }) => ({
        split: name,
        count: length,
        firstRow,
      })),
      populationDigest: (this.digest ??= computeDigest(all)),
    };
  }

  /** The given rows; yields to the event loop now and then, so that the end of the parent is noticed. */
  async encode(
    { plan, firstRow, rowCount, secrets }: RunnerMethods['encode']['params'],
    progress: (done: number) => void,
  ): Promise<{ readonly answer: ShardResponse; readonly parts: Uint8Array[] }> {
    const population = await this.planned(
      plan.populationDigest,
      plan.skipped?.map(({ row }) => row) ?? [],
      secrets,
    );
    const encoder = new SampleEncoder(this.integration, plan);
    const buffers = new ShardBuffers(plan, rowCount);
    let breath = performance.now();
    let row = 0;
    for (let whole = true; whole && row < rowCount; await setImmediate()) {
      const { split, indexes } = population.runAt(firstRow + row, Math.min(BATCH_ROWS, rowCount - row));
      const batch = await encoder.encodeBatch(split, indexes);
      whole = batch !== undefined;
      if (batch === undefined) break;
      buffers.addBatch(
        Array.from(indexes, (_, i) => population.sampleAt(firstRow + row + i).id),
        batch,
      );
      progress((row += indexes.length));
    }
    for (; row < rowCount; row++) {
      const sample = population.sampleAt(firstRow + row);
      buffers.add(sample, await encoder.encode(sample));
      if (row % BREATH_ROWS !== BREATH_ROWS - 1 && performance.now() - breath < BREATH_MS) continue;
      breath = performance.now();
      progress(row + 1);
      await setImmediate();
    }
    return buffers.finish();
  }

  /** Metrics or losses of some rows from their predictions; NaN without ground truth. */
  async score(
    { plan, kind, rowCount, dims, secrets }: RunnerMethods['score']['params'],
    body: Buffer,
    progress: (done: number) => void,
  ): Promise<{ readonly answer: ScoreResponse; readonly parts: Uint8Array[] }> {
    const population = await this.planned(plan.populationDigest, plan.skippedRows, secrets);
    const scorer = new SampleScorer(this.integration, new SampleEncoder(this.integration, plan));
    const buffers = new ScoreBuffers(kind, { rowCount, dims, metrics: scorer.metricNames }, body);
    let breath = performance.now();
    for (let i = 0; i < rowCount; i++) {
      const sample = population.sampleAt(buffers.rows[i]!);
      const prediction = buffers.prediction(i);
      if (sample.split === 'unlabeled') buffers.skip(i);
      else if (kind === 'metrics') buffers.addMetrics(i, await scorer.metrics(sample, prediction));
      else buffers.addLoss(i, await scorer.loss(sample, prediction));
      if (i % BREATH_ROWS !== BREATH_ROWS - 1 && performance.now() - breath < BREATH_MS) continue;
      breath = performance.now();
      progress(i + 1);
      await setImmediate();
    }
    return buffers.finish();
  }

  /** The population of a plan. Throws `precondition` PREPROCESS_NOT_REPEATABLE. */
  private async planned(
    digest: string,
    skippedRows: readonly number[],
    secrets: Readonly<Record<string, string>>,
  ): Promise<Population> {
    const all = await this.samples(secrets);
    if ((this.digest ??= computeDigest(all)) !== digest) throw preprocessChanged(this.modulePath);
    return (this.kept ??= skippedRows.length === 0 ? all : all.without(skippedRows));
  }

  private scores(): Pick<PopulationPlan, 'scores'> {
    const { metrics = {}, loss } = this.integration;
    const names = Object.keys(metrics);
    return names.length === 0 && loss === undefined
      ? {}
      : { scores: { metrics: names, loss: loss !== undefined } };
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

/** SHA-256 over the JSON of `[name, length, ids or null]` of each split, written in pieces: ids may be millions. */
function computeDigest(population: Population): string {
  const digest = createHash('sha256');
  for (const { name, length, ids } of population.splits) {
    digest.update(`[${JSON.stringify(name)},${JSON.stringify(length)},`);
    if (ids === undefined) digest.update('null');
    for (let at = 0; ids !== undefined && at < Math.max(1, ids.length); at += DIGEST_IDS) {
      const piece = JSON.stringify(ids.slice(at, at + DIGEST_IDS)).slice(1, -1);
      digest.update(`${at === 0 ? '[' : ','}${piece}${at + DIGEST_IDS >= ids.length ? ']' : ''}`);
    }
    digest.update(']');
  }
  return digest.digest('hex');
}
