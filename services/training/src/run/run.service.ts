import { Inject, Injectable } from '@nestjs/common';
import { backends } from '@noema/engine';
import { SETTINGS } from '@noema/host';
import {
  displayName as checkedName,
  findOrThrow,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { TrainingConfig } from '../config.js';
import {
  recordedRunNotResumable,
  runNotEnded,
  runNotFound,
  runNotResumable,
  settingInvalid,
} from './run.errors.js';
import { hasEnded, type Run } from './run.js';
import type { PlannedRun } from './run.planner.js';
import { RunQueue } from './run.queue.js';
import { RunRepository } from './run.repository.js';
import { within } from './run.settings.js';

/** Runs, from their creation to their deletion. */
@Injectable()
export class RunService {
  /** Name of what runs the models. */
  private readonly engine: string;

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(RunRepository) private readonly runs: Port<RunRepository>,
    @Inject(RunQueue) private readonly queue: Port<RunQueue>,
    @Inject(SETTINGS) { engineBackend }: Pick<TrainingConfig, 'engineBackend'>,
  ) {
    this.engine = backends.get(engineBackend).runtime;
  }

  /** Queues a planned run, in the ambient transaction of the team. */
  async create(teamId: string, plan: PlannedRun): Promise<Run> {
    const id = uuidv7();
    const { projectId, datasetVersionId, modelVersionId, settings } = plan;
    const displayName = plan.displayName || `run ${(await this.runs.count(projectId)) + 1}`;
    const jobId = await this.queue.queue(teamId, id);
    await this.runs.insert({
      id,
      projectId,
      displayName,
      datasetVersionId,
      modelVersionId,
      settings,
      jobId,
      engine: this.engine,
      createTime: new Date(),
    });
    return this.get(teamId, id);
  }

  /** Throws `not-found` RUN_NOT_FOUND. */
  get(teamId: string, id: string): Promise<Run> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.runs, id, runNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Run>> {
    return this.unitOfWork.run(teamId, () => this.runs.list(projectId, query));
  }

  /** The run now and after every change, until it has ended. */
  async *watch(teamId: string, id: string, stop: AbortSignal): AsyncGenerator<Run> {
    const { jobId } = await this.get(teamId, id);
    let last = '';
    for await (const _ of this.queue.changes(teamId, jobId, stop)) {
      const run = await this.get(teamId, id);
      const seen = JSON.stringify(run);
      if (seen !== last) yield run;
      last = seen;
    }
  }

  /** Asks the run to stop within one batch; an ended run stays unchanged. */
  async stop(teamId: string, id: string): Promise<Run> {
    const { jobId } = await this.get(teamId, id);
    await this.queue.stop(teamId, jobId);
    return this.get(teamId, id);
  }

  /**
   * Goes on after the last checkpoint, to `epochs` in all when that is not 0. Throws `precondition`
   * RUN_NOT_RESUMABLE, RECORDED_RUN_NOT_RESUMABLE.
   */
  resume(teamId: string, id: string, epochs: number): Promise<Run> {
    return this.unitOfWork.run(teamId, async () => {
      const run = await this.get(teamId, id);
      if (run.settings.kind === 'recorded') throw recordedRunNotResumable(id);
      if (run.state !== 'stopped' && run.state !== 'failed') throw runNotResumable(id, run.state);
      if (epochs !== 0) {
        within('epochs', epochs, 1, 10_000);
        if (epochs <= run.epochsDone)
          throw settingInvalid('epochs', epochs, `more than the ${run.epochsDone} that are done`);
        await this.runs.setEpochs(id, epochs);
      }
      await this.queue.resume(teamId, run.jobId);
      return this.get(teamId, id);
    });
  }

  /** Changes the name, where one is given. Throws `not-found` RUN_NOT_FOUND. */
  update(teamId: string, id: string, { displayName }: { readonly displayName?: string }): Promise<Run> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, id);
      if (displayName !== undefined) await this.runs.rename(id, checkedName(displayName));
      return this.get(teamId, id);
    });
  }

  /**
   * Deletes a run that has ended, with its epochs; the model versions that it made stay. Throws
   * `precondition` RUN_NOT_ENDED.
   */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      const run = await this.get(teamId, id);
      if (!hasEnded(run.state)) throw runNotEnded(id, run.state);
      await this.runs.delete(id);
    });
  }
}
