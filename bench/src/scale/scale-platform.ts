import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunningPlatform } from '@noema/e2e/running-platform';
import { type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import { untilEnded, waitFor } from '@noema/testing';
import { MemoryPeaks } from './memory-peaks.js';
import { ProcessorTimes } from './processor-times.js';

interface Named {
  readonly id: string;
}
interface Started extends Named {
  readonly jobId: string;
}

/**
 * Between two questions whether a job has ended: the answers take processor time of the services that are
 * measured.
 */
const POLL_MS = 1_000;

/** A laptop has one activations worker for this number of cores. */
const CORES_OF_A_WORKER = 2;

/**
 * Times of one stage of one job: seconds from its first claim to its last commit, and seconds of each shard's
 * last attempt.
 */
export interface StageTimes {
  readonly stage: string;
  readonly seconds: number;
  readonly shardSeconds: readonly number[];
}

export interface Extracted {
  readonly evaluation: readonly StageTimes[];
  readonly extraction: readonly StageTimes[];
  readonly processors: ProcessorTimes['all'];
}

/**
 * The deployment of the platform: NATS, S3 and a process for each service, as in a cluster; or, as on a
 * laptop, files and one process for all services.
 */
export type Deployment = 'cluster' | 'laptop';

/** A platform on this machine, with a project in which things are measured. */
export class ScalePlatform {
  readonly peaks: MemoryPeaks;

  private constructor(
    private readonly started: PlatformProcess,
    private readonly platform: RunningPlatform,
    private readonly projectId: string,
    private readonly directory: string,
  ) {
    this.peaks = new MemoryPeaks(() => started.pid);
  }

  /** Starts `workers` processes of each heavy service; on a laptop of the activations alone. */
  static async start(
    workers: number,
    settings: Readonly<Record<string, string>> = {},
    deployment: Deployment = 'cluster',
  ): Promise<ScalePlatform> {
    const directory = mkdtempSync(join(tmpdir(), 'noema-scale-'));
    // By the command line of the tests no setting would reach it; it takes them from the environment of who
    // starts it.
    Object.assign(process.env, settings);
    const started = await startPlatformProcess({
      dataDir: directory,
      port: 0,
      ...(deployment === 'cluster'
        ? { cluster: true, workers, teams: 1 }
        : { cores: CORES_OF_A_WORKER * workers }),
    });
    for (const name of Object.keys(settings)) Reflect.deleteProperty(process.env, name);
    const platform = RunningPlatform.at(directory, started.url);
    const { id } = await platform.rest.make<Named>('/v1/projects', 'project', { displayName: 'scale' });
    return new ScalePlatform(started, platform, id, directory);
  }

  /**
   * Ingests the samples of a module in shards of a size; returns the dataset version's id and what its stages
   * took.
   */
  async ingest(
    modulePath: string,
    shardSize: number,
  ): Promise<{ readonly id: string; readonly stages: readonly StageTimes[] }> {
    const integration = await this.platform.rest.make<Named>(this.of('integrations'), 'integration', {
      displayName: 'data',
      source: { modulePath },
    });
    const version = await this.platform.rest.make<Started>(this.of('dataset-versions'), 'datasetVersion', {
      integrationId: integration.id,
      shardSize,
    });
    return { id: version.id, stages: await this.finished('datasets', version.jobId) };
  }

  /**
   * Lets a model with weights as drawn look at all samples, and waits until their vectors are there; returns
   * what the stages of both jobs took, and the processor seconds of the second one by process.
   */
  async extract(datasetVersionId: string, topology: object): Promise<Extracted> {
    const model = await this.platform.rest.make<Named & { latestVersionId: string }>(
      this.of('models'),
      'model',
      { displayName: `model ${Math.random()}`, topology, seed: 1 },
    );
    const run = await this.platform.rest.make<Started>(this.of('runs'), 'run', {
      datasetVersionId,
      modelVersionId: model.latestVersionId,
      settings: { kind: 'RUN_KIND_EVALUATE', batchSize: 256, loss: { name: 'categorical_crossentropy' } },
    });
    const evaluation = await this.finished('training', run.jobId);
    const set = await waitFor(
      async () => {
        const { body } = await this.platform.rest.get(`${this.of('activation-sets')}?run_id=${run.id}`);
        return (body['activationSets'] as Started[] | undefined)?.[0];
      },
      { timeoutMs: 60_000, what: 'the activation set of the run' },
    );
    const processors = new ProcessorTimes(this.started.pid);
    const extraction = await this.finished('activations', set.jobId);
    return { evaluation, extraction, processors: processors.all };
  }

  async stop(): Promise<void> {
    this.peaks.stop();
    await this.started.stop();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  private of(noun: string): string {
    return `/v1/projects/${this.projectId}/${noun}`;
  }

  private async finished(service: string, jobId: string): Promise<StageTimes[]> {
    const { state, fault } = await untilEnded(
      async () =>
        (await this.platform.rest.get(`/v1/${service}/jobs/${jobId}`)).body['job'] as {
          state: string;
          fault?: { message: string };
        },
      { timeoutMs: 3_600_000, intervalMs: POLL_MS, what: `job ${jobId} of ${service}` },
    );
    if (state !== 'JOB_STATE_SUCCEEDED')
      throw new Error(`job ${jobId} of ${service} ended as ${state}: ${fault?.message ?? ''}`);
    const rows = await this.platform.query<{ stage: string; started: Date; ended: Date; seconds: number[] }>(`
      select stage_name as stage, min(started_at) as started, max(ended_at) as ended, array_agg(extract(epoch
        from ended_at - attempt_started_at)::float8) as seconds
      from ${service}.shard where job_id = '${jobId}' group by stage, stage_name order by shard.stage`);
    return rows.map(({ stage, started, ended, seconds }) => ({
      stage,
      seconds: (ended.getTime() - started.getTime()) / 1000,
      shardSeconds: seconds,
    }));
  }
}

/** Finds a module of made-up samples and writes their number. */
export function findModule(name: 'synthetic' | 'shifted-digits', samples: number): string {
  const path = fileURLToPath(new URL(`./${name}.integration.js`, import.meta.url));
  writeFileSync(new URL('./samples.txt', import.meta.url), String(samples));
  return path;
}
