import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { RunKindSchema, RunStateSchema } from '@noema/contracts/noema/training/v1/run';
import type { Page, PageQuery } from '@noema/kernel';
import { type AnyDatabase, Database, jsonb, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import { toEpoch } from '../epoch/epoch.repository.js';
import type { RunRow, TrainingSchema } from '../schema.js';
import { readProgress } from './run.progress.js';
import type { NewRun, Run } from './run.js';

const FIELDS = {
  display_name: { column: 'display_name', type: 'string' },
  state: { column: 'state', type: enumField(RunStateSchema) },
  kind: { column: "settings->>'kind'", type: enumField(RunKindSchema) },
  dataset_version_id: { column: 'dataset_version_id::text', type: 'string' },
  model_version_id: { column: 'model_version_id::text', type: 'string' },
  epochs_done: { column: 'epochs_done', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
  end_time: { column: 'ended_at', type: 'timestamp' },
} as const;

/** Stores runs in PostgreSQL. Their state comes from their jobs, their last epoch from their epochs. */
@Injectable()
export class RunRepository extends ResourceRepository<RunRow, Run> {
  declare protected readonly db: Database<TrainingSchema>;

  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, { table: 'run', view: 'run_status', fields: FIELDS });
  }

  async insert(run: NewRun): Promise<void> {
    await this.insertRow({
      id: run.id,
      project_id: run.projectId,
      display_name: run.displayName,
      dataset_version_id: run.datasetVersionId,
      model_version_id: run.modelVersionId,
      settings: jsonb(run.settings),
      job_id: run.jobId,
      engine: run.engine,
      created_at: run.createTime,
    });
  }

  list(projectId: string, query: PageQuery): Promise<Page<Run>> {
    return this.selectPage({ project_id: projectId }, query);
  }

  /** Counts the runs of the project, to number the next. */
  async count(projectId: string): Promise<number> {
    const { runs } = await this.db
      .tx()
      .selectFrom('run')
      .select(({ fn }) => fn.countAll<string>().as('runs'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow();
    return Number(runs);
  }

  rename(id: string, displayName: string): Promise<void> {
    return this.updateRow(id, { display_name: displayName });
  }

  setEpochs(id: string, epochs: number): Promise<void> {
    return this.updateRow(id, {
      settings: sql`jsonb_set(settings, '{epochs}', ${JSON.stringify(epochs)}::jsonb)`,
    });
  }

  protected toResource(row: RunRow): Run {
    return {
      id: row.id,
      projectId: row.project_id,
      displayName: row.display_name,
      datasetVersionId: row.dataset_version_id,
      modelVersionId: row.model_version_id,
      settings: row.settings,
      jobId: row.job_id,
      engine: row.engine,
      state: row.state,
      fault: row.fault ?? undefined,
      epochsDone: row.epochs_done,
      lastEpoch: row.last_epoch === null ? undefined : toEpoch(row.last_epoch),
      progress:
        row.state === 'running'
          ? readProgress(row.job_message, Number(row.job_done), Number(row.job_total))
          : undefined,
      createTime: row.created_at,
      endTime: row.ended_at ?? undefined,
    };
  }
}
