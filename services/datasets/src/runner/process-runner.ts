import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { DataArchive } from '../data/data-archive.js';
import type { EncodedShard, PopulationPlan } from '../ingestion/ingestion.js';
import type { ScoreRequest } from '../score/score.js';
import type { IngestionRunner, OpenOrder, Progress } from '../ingestion/ingestion.ports.js';
import type { IntegrationReport } from '@noema/integration';
import { networkRefused } from '../integration/integration.errors.js';
import type { IntegrationCode } from '../integration/integration.js';
import type { OpenSecrets } from '../integration/integration.ports.js';
import { MAX_METRICS, MAX_TEXT_BYTES } from './answer.limits.js';
import type { CodeSource, ReadyCode } from './code.source.js';
import { type Answer, UserProcess } from './user-process.js';
import type { Isolation } from './isolation.js';
import { type Attention, ReadAhead, type ShardRows } from './read-ahead.js';
import type { RunnerMethod, RunnerMethods } from './runner.protocol.js';
import { manifestRuntime } from './runtimes/manifest.js';
import { readShard } from './shard.answer.js';
import { toBytes } from './shard.body.js';
import { isInSequence, type WaitingProcess, WaitingProcesses } from './waiting-processes.js';

export interface ProcessRunnerOptions {
  readonly isolation: Isolation;
  readonly code: CodeSource;
  /** The operator lets integrations that declare hosts reach the network. */
  readonly networkAllowed?: boolean;
  /**
   * Longest silence of a module: by default 20 s to load (its caller waits for 30), 10 minutes in preprocess,
   * which may read a lot, 1 minute in a sample.
   */
  readonly stallMs?: number;
  /** Longest time of a check, 10 minutes when left out. */
  readonly checkMs?: number;
  /** How long a process that has loaded its data waits for the next shard; ten seconds when left out. */
  readonly idleMs?: number;
}

// A process that has lost its preprocessed data makes them anew before its first sample.
const CLOSE_MS = 2_000;
const STALL_MS = {
  load: 20_000,
  check: 600_000,
  propose: 600_000,
  plan: 600_000,
  encode: 60_000,
  // its first call runs preprocess
  score: 120_000,
};
/** How long a process that computes scores waits for the next batch: an epoch of a training may lie between. */
const SCORES_IDLE_MS = 120_000;

/**
 * Runs user code in child processes, kept apart as the isolation does it; one that has loaded an ingestion's
 * data is kept for its next shard, and encodes it while the host stores the shard before.
 */
export class ProcessRunner implements IngestionRunner, OnApplicationShutdown {
  private readonly idle: WaitingProcesses;
  /** Processes that compute scores. */
  private readonly scorers: WaitingProcesses;
  /** Promises that settle when the live processes end. */
  private readonly running = new Set<Promise<void>>();
  private readonly stallMs: Readonly<Record<RunnerMethod, number>>;

  constructor(private readonly options: ProcessRunnerOptions) {
    const { stallMs, checkMs = STALL_MS.check, idleMs = 10_000 } = options;
    this.stallMs =
      stallMs === undefined
        ? { ...STALL_MS, check: checkMs, propose: checkMs }
        : { load: stallMs, check: stallMs, propose: stallMs, plan: stallMs, encode: stallMs, score: stallMs };
    this.idle = new WaitingProcesses(idleMs);
    this.scorers = new WaitingProcesses(SCORES_IDLE_MS);
  }

  /**
   * Throws `precondition` INTEGRATION_ISOLATION_UNAVAILABLE where user code cannot run,
   * MODULE_PATH_OUTSIDE_ROOTS or INTEGRATION_NETWORK_REFUSED for code that may not.
   */
  async requireRunnable(code: Pick<Startable, 'modulePath' | 'bundle' | 'hosts'>): Promise<void> {
    await this.options.isolation.require(await this.options.code.findRuntime(code));
    this.requireNetwork(code);
    await this.options.code.requirePlace(code);
  }

  /**
   * Loads the code without running a handler and without network, whatever the code declares. Throws `invalid`
   * MODULE_PATH_INVALID, BUNDLE_INVALID, INTEGRATION_LOAD_FAILED, INTEGRATION_NOT_EXPORTED, WHEEL_INVALID or
   * WHEEL_UNFIT, and `precondition` MODULE_PATH_OUTSIDE_ROOTS.
   */
  async load(source: Omit<Startable, 'hosts'>, signal: AbortSignal) {
    await this.requireRunnable({ ...source, hosts: [] });
    const digest = await this.options.code.computeDigest(source);
    const loaded = await this.once('load', { ...source, hosts: [] }, {}, signal);
    this.requireNetwork(loaded);
    return { ...loaded, digest };
  }

  /** Runs every handler on up to `samples` samples of each split. */
  async check(
    code: IntegrationCode,
    samples: number,
    secrets: OpenSecrets,
    signal: AbortSignal,
  ): Promise<IntegrationReport> {
    await this.requireRunnable(code);
    if (code.bundle === null) await this.options.code.computeDigest(code);
    return this.once('check', code, { samples, secrets: await secrets() }, signal);
  }

  /** Recognizes the form of files and proposes a manifest, in a process without network. */
  async propose(
    data: DataArchive,
    params: Params<'propose'>,
    signal: AbortSignal,
  ): Promise<RunnerMethods['propose']['result']> {
    await this.options.isolation.require(manifestRuntime);
    const process = await this.launch(await this.options.code.readyData(data), false);
    try {
      return (await process.call('propose', params, { signal, stallMs: this.stallMs.propose })).result;
    } finally {
      process.kill();
    }
  }

  async plan(
    order: OpenOrder,
    signal: AbortSignal,
    progress: (done: number) => void = () => undefined,
  ): Promise<PopulationPlan> {
    const { process, secrets } = await this.ready(order, undefined, signal);
    try {
      const { result } = await process.call(
        'plan',
        { secrets, maxSkippedShare: order.maxSkippedShare },
        { signal, progress, stallMs: this.stallMs.plan },
      );
      this.idle.keep(order.ingestionId, { process, nextRow: 0, ahead: undefined, guesses: true });
      return result;
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  async encode(
    order: OpenOrder,
    plan: PopulationPlan,
    rows: ShardRows,
    signal: AbortSignal,
    progress: Progress,
  ): Promise<EncodedShard> {
    const { waiting, process, secrets } = await this.ready(order, rows, signal);
    const attention: Attention = {
      signal,
      progress: (done) => {
        progress(Math.min(done, rows.rowCount), rows.rowCount);
      },
    };
    try {
      const { result, body } = await (waiting?.ahead?.covers(rows) === true
        ? waiting.ahead.take(attention)
        : this.callEncode(process, { plan, secrets }, rows, attention));
      this.keepAhead(order.ingestionId, { process, waiting }, plan, rows);
      const shard = await readShard(result, body, plan, rows);
      progress(rows.rowCount, rows.rowCount);
      return shard;
    } catch (error) {
      // also a process that waits again: its answer cannot be read
      process.kill();
      throw error;
    }
  }

  /**
   * Computes metrics or losses of samples; the process waits for the next batch. Throws `precondition`
   * INTEGRATION_CHANGED and PREPROCESS_NOT_REPEATABLE, `invalid` HANDLER_THREW, NOT_FINITE, GRADIENT_INVALID and
   * INTEGRATION_ANSWER_INVALID, `unsupported` LOSS_MISSING and GRADIENT_MISSING, `timeout` INTEGRATION_STALLED.
   */
  async score(
    order: IntegrationCode & { readonly openSecrets: OpenSecrets },
    request: ScoreRequest,
    signal: AbortSignal,
  ): Promise<Answer<'score'>> {
    await this.options.code.requireUnchanged(order);
    const waiting = this.scorers.take(request.key);
    // one that waits has run preprocess
    const secrets = waiting === undefined ? await order.openSecrets() : {};
    const process = waiting?.process ?? (await this.start(order));
    const { plan, kind, rows, dims, predictions } = request;
    const bodyBytes =
      kind === 'gradient' ? rows.length * 8 + predictions.byteLength : rows.length * 8 * MAX_METRICS;
    try {
      const answer = await process.call(
        'score',
        { secrets, plan, kind, rowCount: rows.length, dims },
        {
          signal,
          stallMs: this.stallMs.score,
          progress: () => undefined,
          body: [toBytes(rows), toBytes(predictions)],
          bodyBytes,
        },
      );
      this.scorers.keep(request.key, { process, nextRow: 0, ahead: undefined, guesses: false });
      return answer;
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /**
   * Ends every process that waits, and returns when the unpacked files of all processes are deleted, or soon.
   */
  async close(): Promise<void> {
    this.idle.close();
    this.scorers.close();
    await Promise.race([Promise.all(this.running), setTimeout(CLOSE_MS, undefined, { ref: false })]);
  }

  private async once<M extends RunnerMethod>(
    method: M,
    code: Startable,
    params: Params<M>,
    signal: AbortSignal,
  ): Promise<RunnerMethods[M]['result']> {
    const process = await this.start(code);
    try {
      return (await process.call(method, params, { signal, stallMs: this.stallMs[method] })).result;
    } finally {
      process.kill();
    }
  }

  /** A process for the next call of an ingestion, and the secrets that it needs. */
  private async ready(
    order: OpenOrder,
    rows: ShardRows | undefined,
    signal: AbortSignal,
  ): Promise<{
    readonly waiting: WaitingProcess | undefined;
    readonly process: UserProcess;
    readonly secrets: Readonly<Record<string, string>>;
  }> {
    await this.options.code.requireUnchanged(order);
    const waiting = this.idle.take(order.ingestionId);
    const { ahead } = waiting ?? {};
    if (ahead !== undefined && (rows === undefined || !ahead.covers(rows))) await ahead.settle(signal);
    // one that waits has run preprocess
    if (waiting?.process.alive === true) return { waiting, process: waiting.process, secrets: {} };
    const secrets = await order.openSecrets();
    return { waiting: undefined, process: await this.start(order), secrets };
  }

  private callEncode(
    process: UserProcess,
    given: Pick<Params<'encode'>, 'plan' | 'secrets'>,
    rows: ShardRows,
    attention: Attention,
  ): Promise<Answer<'encode'>> {
    return process.call(
      'encode',
      { ...given, ...rows },
      { ...attention, bodyBytes: bodyLimit(given.plan, rows.rowCount), stallMs: this.stallMs.encode },
    );
  }

  /** Keeps a process that has encoded rows, and lets it encode the next ones where they are expected. */
  private keepAhead(
    key: string,
    { process, waiting }: { readonly process: UserProcess; readonly waiting: WaitingProcess | undefined },
    plan: PopulationPlan,
    rows: ShardRows,
  ): void {
    const nextRow = rows.firstRow + rows.rowCount;
    const next = { firstRow: nextRow, rowCount: Math.min(rows.rowCount, plan.sampleCount - nextRow) };
    const isExpected = next.rowCount > 0 && isInSequence(waiting, rows);
    this.idle.keep(key, {
      process,
      nextRow,
      guesses: waiting?.ahead === undefined ? (waiting?.guesses ?? true) : waiting.ahead.covers(rows),
      ahead: isExpected
        ? new ReadAhead(next, (ahead, attention) =>
            this.callEncode(process, { plan, secrets: {} }, ahead, attention),
          )
        : undefined,
    });
  }

  private async start(code: Startable): Promise<UserProcess> {
    this.requireNetwork(code);
    return this.launch(await this.options.code.ready(code), code.hosts.length > 0);
  }

  private async launch(ready: ReadyCode, network: boolean): Promise<UserProcess> {
    try {
      const launched = await this.options.isolation.launch({
        runtime: ready.runtime,
        code: ready.code,
        packages: ready.packages,
        network,
      });
      const { promise, resolve } = ending();
      const process = new UserProcess(launched, () => {
        void ready.release().finally(resolve);
      });
      this.running.add(promise);
      void promise.then(() => this.running.delete(promise));
      return process;
    } catch (error) {
      await ready.release();
      throw error;
    }
  }

  private requireNetwork({ hosts }: Pick<IntegrationCode, 'hosts'>): void {
    if (hosts.length > 0 && this.options.networkAllowed !== true) throw networkRefused(hosts);
  }
}

function ending(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

type Startable = Pick<IntegrationCode, 'modulePath' | 'bundle' | 'wheels' | 'data' | 'hosts'>;
type Params<M extends RunnerMethod> = Omit<RunnerMethods[M]['params'], 'modulePath'>;

/** Numbers as the plan says, and what pictures, texts and lengths may take. */
function bodyLimit(plan: PopulationPlan, rowCount: number): number {
  const sizes = [...plan.inputs, ...plan.groundTruths].map(({ dims }) =>
    dims.reduce((a, b) => a * b, 4 * rowCount),
  );
  return sizes.reduce((a, b) => a + b, MAX_TEXT_BYTES * 2 + rowCount * 16_000);
}
