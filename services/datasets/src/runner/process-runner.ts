import type { IngestionOrder } from '../domain/dataset-version.ports.js';
import type { EncodedShard, IngestionPlan } from '../domain/ingestion.js';
import type { IngestionRunner, Progress } from '../domain/ingestion.ports.js';
import type { IntegrationReport } from '../domain/integration-report.js';
import { integrationChanged } from '../domain/integration.errors.js';
import type { IntegrationRunner } from '../domain/integration.ports.js';
import { MAX_TEXT_BYTES } from './answer.limits.js';
import { type Answer, type CallOptions, IntegrationProcess } from './integration-process.js';
import type { Isolation } from './isolation.js';
import { moduleDigest } from './module-digest.js';
import type { RunnerMethod, RunnerMethods } from './runner.protocol.js';
import { readShard } from './shard.answer.js';

export interface ProcessRunnerOptions {
  readonly isolation: Isolation;
  /** Longest silence of a module: by default 20 s to load (its caller waits for 30), 10 minutes in preprocess, which may read a lot, 1 minute in a sample. */
  readonly stallMs?: number;
  /** How long a process that has loaded its data waits for the next shard; ten seconds when left out. */
  readonly idleMs?: number;
}

// A process that has lost its preprocessed data makes them anew before its first sample.
const STALL_MS = { load: 20_000, check: 600_000, plan: 600_000, encode: 60_000 };

/** Runs user code in child processes, kept apart as the isolation does it; one that has loaded an ingestion's data is kept for its next shard. */
export class ProcessRunner implements IntegrationRunner, IngestionRunner {
  private readonly idle = new Map<string, { readonly process: IntegrationProcess; readonly timer: NodeJS.Timeout }>();
  private readonly isolation: Isolation;
  private readonly stallMs: Readonly<Record<RunnerMethod, number>>;
  private readonly idleMs: number;

  constructor({ isolation, stallMs, idleMs = 10_000 }: ProcessRunnerOptions) {
    this.isolation = isolation;
    this.stallMs = stallMs === undefined ? STALL_MS : { load: stallMs, check: stallMs, plan: stallMs, encode: stallMs };
    this.idleMs = idleMs;
  }

  async load(modulePath: string, signal: AbortSignal): Promise<{ readonly name: string; readonly digest: string }> {
    await this.isolation.require();
    const digest = await moduleDigest(modulePath);
    return { ...await this.once('load', { modulePath }, signal), digest };
  }

  async check(modulePath: string, samples: number, signal: AbortSignal): Promise<IntegrationReport> {
    await moduleDigest(modulePath);
    return this.once('check', { modulePath, samples, secrets: {} }, signal);
  }

  async plan(order: IngestionOrder, signal: AbortSignal): Promise<IngestionPlan> {
    return (await this.kept(order, 'plan', { modulePath: order.modulePath, secrets: {} }, { signal })).result;
  }

  async encode(order: IngestionOrder, plan: IngestionPlan, rows: { readonly firstRow: number; readonly rowCount: number }, signal: AbortSignal, progress: Progress): Promise<EncodedShard> {
    const { result, body } = await this.kept(order, 'encode', { modulePath: order.modulePath, secrets: {}, plan, ...rows }, {
      signal, bodyBytes: bodyLimit(plan, rows.rowCount), progress: (done) => { progress(Math.min(done, rows.rowCount), rows.rowCount); },
    });
    const shard = await readShard(result, body, plan, rows);
    progress(rows.rowCount, rows.rowCount);
    return shard;
  }

  /** Ends every process that waits. */
  close(): void {
    for (const { process, timer } of this.idle.values()) {
      clearTimeout(timer);
      process.kill();
    }
    this.idle.clear();
  }

  private async once<M extends RunnerMethod>(method: M, params: RunnerMethods[M]['params'], signal: AbortSignal): Promise<RunnerMethods[M]['result']> {
    const process = await this.start(params.modulePath);
    try {
      return (await process.call(method, params, { signal, stallMs: this.stallMs[method] })).result;
    } finally {
      process.kill();
    }
  }

  private async kept<M extends RunnerMethod>(order: IngestionOrder, method: M, params: RunnerMethods[M]['params'], options: Omit<CallOptions, 'stallMs'>): Promise<Answer<M>> {
    if (await moduleDigest(order.modulePath) !== order.digest) throw integrationChanged(order.modulePath);
    const process = this.take(order.ingestionId) ?? await this.start(order.modulePath);
    try {
      const answer = await process.call(method, params, { ...options, stallMs: this.stallMs[method] });
      this.keep(order.ingestionId, process);
      return answer;
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  private async start(modulePath: string): Promise<IntegrationProcess> {
    return new IntegrationProcess(await this.isolation.launch({ modulePath, hosts: [] }));
  }

  private take(key: string): IntegrationProcess | undefined {
    const waiting = this.idle.get(key);
    if (waiting === undefined) return undefined;
    this.idle.delete(key);
    clearTimeout(waiting.timer);
    return waiting.process.alive ? waiting.process : undefined;
  }

  private keep(key: string, process: IntegrationProcess): void {
    if (this.idle.has(key)) return process.kill();
    this.idle.set(key, { process, timer: setTimeout(() => { this.take(key)?.kill(); }, this.idleMs) });
  }
}

/** Numbers as the plan says, and what pictures, texts and lengths may take. */
function bodyLimit(plan: IngestionPlan, rowCount: number): number {
  const sizes = [...plan.inputs, ...plan.groundTruths].map(({ dims }) => dims.reduce((a, b) => a * b, 4 * rowCount));
  return sizes.reduce((a, b) => a + b, MAX_TEXT_BYTES * 2 + rowCount * 16_000);
}
