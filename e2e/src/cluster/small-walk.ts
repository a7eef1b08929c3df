import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { hasEnded, untilEnded, waitFor } from '@noema/testing';
import { blobsModel } from '../fixtures/blobs.model.js';
import type { PersistentCaller } from './persistent-caller.js';

/** A job that was answered with success, and so may not be lost. */
export interface AcceptedJob {
  readonly service: string;
  readonly jobId: string;
}

interface Named {
  readonly id: string;
}
interface WithJob extends Named {
  readonly jobId: string;
}
interface Ended {
  readonly state: string;
  readonly fault?: { readonly reason: string; readonly message: string };
}

/** The promises to one walk and their outcome. */
export interface WalkOutcome {
  readonly accepted: readonly AcceptedJob[];
  readonly runId: string;
  readonly epochs: number;
  /** Jobs that failed, by the reason that they name. */
  readonly failures: readonly string[];
}

const INTEGRATION = fileURLToPath(new URL('../fixtures/blobs.integration.js', import.meta.url));
const EPOCHS = 2;

/**
 * The whole way with small data, from ingestion to explanations, by a client that never gives up: every kind
 * of job that there is.
 */
export class SmallWalk {
  private readonly accepted: AcceptedJob[] = [];
  private readonly failures: string[] = [];
  private readonly id = randomUUID();

  constructor(
    private readonly caller: PersistentCaller,
    private readonly projectId: string,
    private readonly patienceMs: number,
  ) {}

  async go(): Promise<WalkOutcome> {
    const name = this.id.slice(0, 8);
    const integration = await this.make<Named>('integrations', 'integration', {
      displayName: name,
      source: { modulePath: INTEGRATION },
    });
    const version = await this.job(
      'datasets',
      await this.make<WithJob>('dataset-versions', 'datasetVersion', {
        integrationId: integration.id,
        displayName: name,
        shardSize: 128,
      }),
    );
    if (version === undefined) return this.toOutcome('');
    const found = (await this.caller.get(`/v1/dataset-versions/${version.id}`))['datasetVersion'] as Named;
    const model = await this.make<Named & { latestVersionId: string }>('models', 'model', {
      displayName: name,
      topology: blobsModel(),
      seed: 1,
    });
    const run = await this.job(
      'training',
      await this.make<WithJob>('runs', 'run', {
        displayName: name,
        datasetVersionId: found.id,
        modelVersionId: model.latestVersionId,
        settings: {
          kind: 'RUN_KIND_TRAIN',
          epochs: EPOCHS,
          batchSize: 32,
          seed: 1,
          optimizer: { name: 'adam', config: { learning_rate: 0.01 } },
        },
      }),
    );
    if (run === undefined) return this.toOutcome('');
    const activationSetId = await this.waitForMap(run.id);
    if (activationSetId !== undefined) await this.explain(run.id, activationSetId);
    return this.toOutcome(run.id);
  }

  private async explain(runId: string, activationSetId: string): Promise<void> {
    const sample = (index: number) => ({ split: 'SPLIT_VALIDATION', sampleId: `s${480 + index}` });
    await Promise.all(
      [
        this.make<WithJob>('analyses', 'analysis', { runId, sample: sample(0) }),
        this.make<WithJob>('selection-analyses', 'selectionAnalysis', {
          runId,
          selection: { rows: [0, 480] },
        }),
        this.make<WithJob>('sanity-checks', 'sanityCheck', { runId }),
        this.make<WithJob>('similarity-analyses', 'similarityAnalysis', {
          activationSetId,
          query: sample(0),
          samples: [sample(3)],
        }),
      ].map(async (made) => this.job('explanations', await made)),
    );
  }

  /**
   * Waits for the maps that follow by themselves; gives the activation set of the last, or none when one
   * failed.
   */
  private async waitForMap(runId: string): Promise<string | undefined> {
    const maps = await waitFor(
      async () => {
        const { explorations } = (await this.caller.get(
          `/v1/projects/${this.projectId}/explorations?run_id=${runId}`,
        )) as { explorations?: (Ended & { epoch: number; activationSetId: string })[] };
        return explorations?.length === EPOCHS && explorations.every(hasEnded) ? explorations : undefined;
      },
      { timeoutMs: this.patienceMs, intervalMs: 500, what: `the ${EPOCHS} maps of run ${runId}` },
    );
    for (const map of maps) this.noteFailure('projection', map);
    return maps.find((map) => map.epoch === EPOCHS && map.state === 'JOB_STATE_SUCCEEDED')?.activationSetId;
  }

  /** Waits for the job of a resource; gives the resource when it succeeded. */
  private async job<T extends WithJob>(service: string, made: T): Promise<T | undefined> {
    if (made.jobId === '') return made;
    this.accepted.push({ service, jobId: made.jobId });
    const job = await untilEnded(
      async () => (await this.caller.get(`/v1/${service}/jobs/${made.jobId}`))['job'] as Ended,
      { timeoutMs: this.patienceMs, intervalMs: 250, what: `the end of job ${made.jobId} of ${service}` },
    );
    this.noteFailure(service, job);
    return job.state === 'JOB_STATE_SUCCEEDED' ? made : undefined;
  }

  private noteFailure(service: string, { state, fault }: Ended): void {
    if (state !== 'JOB_STATE_SUCCEEDED')
      this.failures.push(
        `${service} ${state} ${fault?.reason ?? 'without a reason'}: ${fault?.message ?? ''}`,
      );
  }

  private make<T>(noun: string, field: string, body: object): Promise<T> {
    return this.caller.make<T>(`/v1/projects/${this.projectId}/${noun}`, field, `${this.id}-${noun}`, body);
  }

  private toOutcome(runId: string): WalkOutcome {
    return { accepted: this.accepted, runId, epochs: runId === '' ? 0 : EPOCHS, failures: this.failures };
  }
}
