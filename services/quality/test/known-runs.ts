import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { enumField } from '@noema/contracts';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunState, RunStateSchema } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { DomainError, Filter, uuidv7 } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';

/** A run that the training service knows. */
export interface KnownRun {
  readonly id: string;
  readonly createTime: Date;
  readonly state: RunState;
  readonly projectId: string;
  readonly modelVersionId: string;
  /** Number of samples; undefined for a run without evaluations. */
  readonly samples: number | undefined;
  /** The first samples of the run are misclassified. */
  readonly misclassified: number;
  /** Misclassified samples of the first epoch. Default: the same number. */
  readonly misclassifiedAtFirst?: number;
  readonly hasLoss: boolean;
}

const STATE = enumField(RunStateSchema);
const missing = (what: string): DomainError =>
  new DomainError('not-found', `${what}_NOT_FOUND`, `there is no such ${what.toLowerCase()}`);

/** The training service, as far as the quality service calls it. */
export class KnownRuns {
  private readonly runs = new Map<string, KnownRun>();
  /** Called before a page of evaluations is returned. */
  beforePage: () => Promise<void> = () => Promise.resolve();

  constructor(private readonly projectId: string) {}

  /** Adds a run whose time of creation is `minutes` from now. */
  add(minutes: number, over: Partial<KnownRun> = {}): string {
    const id = uuidv7();
    this.runs.set(id, {
      ...{ id, createTime: new Date(Date.now() + minutes * 60_000), state: RunState.SUCCEEDED },
      ...{ projectId: this.projectId, modelVersionId: 'model-version', samples: 1200, misclassified: 0 },
      hasLoss: true,
      ...over,
    });
    return id;
  }

  change(id: string, over: Partial<KnownRun>): void {
    this.runs.set(id, { ...this.get(id), ...over });
  }

  delete(id: string): void {
    this.runs.delete(id);
  }

  get(id: string): KnownRun {
    const run = this.runs.get(id);
    if (run === undefined) throw missing('RUN');
    return run;
  }

  peers(): Peer[] {
    return [
      peer(RunService, {
        getRun: ({ runId }) => ({ run: toMessage(this.get(runId)) }),
        listRuns: ({ projectId, filter: text }) => {
          const filter = Filter.of(text, { state: STATE, create_time: 'timestamp' });
          const runs = [...this.runs.values()]
            .filter((run) => run.projectId === projectId)
            .filter((run) =>
              filter.matches((name) =>
                name === 'state' ? RunState[run.state].toLowerCase() : run.createTime,
              ),
            )
            .sort((a, b) => b.createTime.getTime() - a.createTime.getTime());
          return { runs: runs.map(toMessage) };
        },
      }),
      peer(ModelService, {
        getModelVersion: ({ modelVersionId }) => ({ modelVersion: toVersion(modelVersionId) }),
        listModelVersions: ({ modelId }) => ({
          modelVersions: [...this.runs.values()]
            .map((run) => toVersion(run.modelVersionId))
            .filter((version) => version.modelId === modelId),
        }),
      }),
      peer(EvaluationService, {
        listSampleEvaluations: async ({ runId, epoch, filter: text, pageToken }) => {
          await this.beforePage();
          const { samples, hasLoss, ...run } = this.get(runId);
          const misclassified = (epoch === 1 ? run.misclassifiedAtFirst : undefined) ?? run.misclassified;
          if (samples === undefined) throw missing('EPOCH');
          const filter = Filter.of(text, { row: 'number' });
          const rows = Array.from({ length: samples }, (_, row) => row).filter((row) =>
            filter.matches(() => row),
          );
          const from = Number(pageToken);
          return {
            evaluations: rows.slice(from, from + 1000).map((row) => ({
              ...{ row, task: Task.MULTI_CLASS, hasLoss, correct: row >= misclassified },
              loss: row < misclassified ? 2 : 0.1 + (row % 7) / 100,
            })),
            totalSize: rows.length,
            nextPageToken: from + 1000 < rows.length ? String(from + 1000) : '',
          };
        },
      }),
    ];
  }
}

/** A version `digits 2` is one of the model `digits`. */
const toVersion = (id: string) => ({ id, modelId: id.replace(/ .*/, '') });

const toMessage = ({ id, projectId, modelVersionId, state, createTime }: KnownRun) => ({
  ...{ id, projectId, modelVersionId, state },
  ...{ displayName: 'run', datasetVersionId: 'data', epochsDone: 3, task: Task.MULTI_CLASS },
  createTime: timestampFromDate(createTime),
});
