import { enumField } from '@noema/contracts';
import { RunKindSchema, RunStateSchema } from '@noema/contracts/noema/training/v1/run';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { Epoch, Run } from './run.js';
import { readProgress } from './run.progress.js';
import type { NewRun, RunRepository } from './run.ports.js';
import type { EpochRow, RunRow, TrainingSchema } from '../schema.js';

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

/** Runs, whose state comes from their jobs, and their epochs. */
export class PostgresRuns implements RunRepository {
  constructor(private readonly db: Database<TrainingSchema>) {}

  async insert({
    id,
    projectId,
    displayName,
    datasetVersionId,
    modelVersionId,
    settings,
    jobId,
    engine,
    createTime,
  }: NewRun): Promise<void> {
    await sql`
      insert into run (id, team_id, project_id, display_name, dataset_version_id, model_version_id, settings,
        job_id, engine, created_at)
      values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${displayName}, ${datasetVersionId},
        ${modelVersionId}, ${jsonb(settings)}, ${jobId}, ${engine}, ${createTime})`.execute(this.db.tx());
  }

  async find(id: string): Promise<Run | undefined> {
    const { rows } = await sql<RunRow>`select * from run_status where id = ${id}`.execute(this.db.tx());
    return rows[0] && toRun(rows[0]);
  }

  async page(projectId: string, query: PageQuery): Promise<Page<Run>> {
    return mapPage(
      await selectPage<RunRow>(this.db, {
        table: 'run_status',
        fields: FIELDS,
        where: { project_id: projectId },
        query,
      }),
      toRun,
    );
  }

  async count(projectId: string): Promise<number> {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from run where project_id = ${projectId}`.execute(this.db.tx());
    return rows[0]!.n;
  }

  async rename(id: string, displayName: string): Promise<void> {
    await sql`update run set display_name = ${displayName} where id = ${id}`.execute(this.db.tx());
  }

  async setEpochs(id: string, epochs: number): Promise<void> {
    await sql`update run set settings = jsonb_set(settings, '{epochs}', ${JSON.stringify(epochs)}::jsonb)
      where id = ${id}`.execute(this.db.tx());
  }

  async remove(id: string): Promise<void> {
    await sql`delete from run where id = ${id}`.execute(this.db.tx());
  }

  async insertEpoch(epoch: Epoch): Promise<void> {
    const {
      runId,
      splits,
      weights,
      optimizerState,
      evaluation,
      modelVersionId,
      seconds,
      samplesPerSecond,
      endTime,
    } = epoch;
    await sql`
      insert into epoch (run_id, epoch, team_id, splits, weights, optimizer_state, evaluation,
        model_version_id, seconds, samples_per_second, ended_at)
      values (${runId}, ${epoch.epoch}, current_setting('app.team_id')::uuid, ${jsonb(splits)},
        ${jsonb(weights)}, ${jsonb(optimizerState)}, ${jsonb(evaluation)},
        ${modelVersionId}, ${seconds}, ${samplesPerSecond}, ${endTime})`.execute(this.db.tx());
  }

  async findEpoch(runId: string, epoch: number): Promise<Epoch | undefined> {
    const { rows } =
      await sql<EpochRow>`select * from epoch where run_id = ${runId} and (${epoch}::int = 0 or epoch =
        ${epoch}) order by epoch desc limit 1`.execute(this.db.tx());
    return rows[0] && toEpoch(rows[0]);
  }

  async epochsAfter(runId: string, epoch: number, limit: number): Promise<Epoch[]> {
    const { rows } =
      await sql<EpochRow>`select * from epoch where run_id = ${runId} and epoch > ${epoch} order by epoch
        limit ${limit}`.execute(this.db.tx());
    return rows.map(toEpoch);
  }
}

const toEpoch = (row: EpochRow): Epoch => ({
  runId: row.run_id,
  epoch: row.epoch,
  splits: row.splits,
  weights: row.weights,
  optimizerState: row.optimizer_state ?? undefined,
  evaluation: row.evaluation,
  modelVersionId: row.model_version_id,
  seconds: row.seconds,
  samplesPerSecond: row.samples_per_second,
  endTime: new Date(row.ended_at),
});

const toRun = (row: RunRow): Run => ({
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
});
