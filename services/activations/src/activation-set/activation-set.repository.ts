import { Inject, Injectable } from '@nestjs/common';
import { JobResourceRepository, toJobResource } from '@noema/jobs';
import { JOB_STATE_FIELD, type Page, type PageQuery } from '@noema/kernel';
import { Database, jsonb, type PageField } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ActivationsSchema } from '../schema.js';
import type {
  ActivationSet,
  ActivationSetContents,
  EpochOfRun,
  NewActivationSet,
  SetFilter,
  StoredSet,
} from './activation-set.js';

type Row = Selectable<ActivationsSchema['activation_set_status']>;

const FIELDS: Readonly<Record<string, PageField>> = {
  state: { column: 'state', type: JOB_STATE_FIELD },
  epoch: { column: 'epoch', type: 'number' },
  run_id: { column: 'run_id::text', type: 'string' },
  dataset_version_id: { column: 'dataset_version_id::text', type: 'string' },
  perception_space_id: { column: 'perception_space_id::text', type: 'string' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

/** Stores activation sets in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class ActivationSetRepository extends JobResourceRepository<
  Row,
  ActivationSet,
  NewActivationSet,
  Partial<ActivationSetContents>
> {
  declare protected readonly db: Database<ActivationsSchema>;

  constructor(@Inject(Database) db: Database<ActivationsSchema>) {
    super(db, 'activation_set', FIELDS);
  }

  protected toRow(set: NewActivationSet) {
    return {
      id: set.id,
      project_id: set.projectId,
      run_id: set.runId,
      epoch: set.epoch,
      dataset_version_id: set.datasetVersionId,
      model_version_id: set.modelVersionId,
      perception_space_id: set.perceptionSpaceId,
      job_id: set.jobId,
      topology: jsonb(set.topology),
      weights: jsonb(set.weights),
      recorded: jsonb(set.recorded),
      evaluation: jsonb(set.evaluation),
      reference_set_id: set.reference?.setId,
      basis: jsonb(set.reference?.basis),
      followed: jsonb(set.followed),
      branch: set.branch ?? 0,
      branch_start: set.branchStart ?? 0,
    };
  }

  protected toResource(row: Row): ActivationSet {
    return { ...toStored(row), ...toJobResource(row) };
  }

  /** Finds a set without the state of its job, which is most of the work of finding it. */
  async findStored(id: string): Promise<StoredSet | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('activation_set')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toStored(row);
  }

  /** True for an epoch that a later branch of its run has replaced, as far as its sets are known. */
  async isReplaced({ runId, epoch, branch = 0 }: EpochOfRun): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('activation_set')
      .select('id')
      .where('run_id', '=', runId)
      .where('branch', '>', branch)
      .where('branch_start', '<=', epoch)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Deletes the sets of epochs that a branch has replaced, and returns the ids of their jobs. */
  async deleteReplaced({
    runId,
    branch = 0,
    branchStart = 0,
  }: Pick<EpochOfRun, 'runId' | 'branch' | 'branchStart'>): Promise<string[]> {
    const rows = await this.db
      .tx()
      .deleteFrom('activation_set')
      .where('run_id', '=', runId)
      .where('branch', '<', branch)
      .where('epoch', '>=', branchStart)
      .returning('job_id')
      .execute();
    return rows.map(({ job_id }) => job_id);
  }

  /** Finds a finished set of the same epoch and data, whose responses may be used again. */
  async findFinished(
    runId: string,
    epoch: number,
    datasetVersionId: string,
  ): Promise<ActivationSet | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('activation_set_status')
      .selectAll()
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('dataset_version_id', '=', datasetVersionId)
      .where('ready_time', 'is not', null)
      .orderBy('ready_time')
      .limit(1)
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  override list(
    { projectId, runId, epoch, referenceSetId }: SetFilter,
    query: PageQuery,
  ): Promise<Page<ActivationSet>> {
    return this.selectPage(
      {
        project_id: projectId,
        ...(runId === undefined ? {} : { run_id: runId }),
        ...(epoch === undefined ? {} : { epoch }),
        "coalesce(reference_set_id::text, '')": referenceSetId ?? '',
      },
      { ...query, orderBy: query.orderBy === '' ? 'create_time desc' : query.orderBy },
    );
  }

  async update(id: string, contents: Partial<ActivationSetContents>): Promise<void> {
    const {
      sampleCount,
      shardSize,
      layers,
      dimensions,
      explainedVariance,
      basisMethod,
      basisResidual,
      moments,
      basis,
      unitStatistics,
      engine,
      readyTime,
    } = contents;
    await this.db
      .tx()
      .updateTable('activation_set')
      .where('id', '=', id)
      .set({
        ...(sampleCount !== undefined && { sample_count: sampleCount }),
        ...(shardSize !== undefined && { shard_size: shardSize }),
        ...(layers !== undefined && { layers: JSON.stringify(layers) }),
        ...(dimensions !== undefined && { dimensions }),
        ...(explainedVariance !== undefined && { explained_variance: explainedVariance }),
        ...(engine !== undefined && { engine }),
        ...(basisMethod !== undefined && { basis_method: basisMethod }),
        ...(basisResidual !== undefined && { basis_residual: basisResidual }),
        ...(moments !== undefined && { moments: JSON.stringify(moments) }),
        ...(basis !== undefined && { basis: JSON.stringify(basis) }),
        ...(unitStatistics !== undefined && { unit_statistics: JSON.stringify(unitStatistics) }),
        ...(readyTime !== undefined && { ready_time: readyTime }),
      })
      .execute();
  }

  override finish(id: string, contents: Partial<ActivationSetContents>, readyTime: Date): Promise<void> {
    return this.update(id, { ...contents, readyTime });
  }
}

function toStored(row: Selectable<ActivationsSchema['activation_set']>): StoredSet {
  return {
    id: row.id,
    projectId: row.project_id,
    runId: row.run_id,
    epoch: row.epoch,
    datasetVersionId: row.dataset_version_id,
    modelVersionId: row.model_version_id,
    perceptionSpaceId: row.perception_space_id,
    referenceSetId: row.reference_set_id ?? undefined,
    jobId: row.job_id,
    topology: row.topology ?? undefined,
    weights: row.weights ?? undefined,
    recorded: row.recorded ?? undefined,
    evaluation: row.evaluation ?? undefined,
    followed: row.followed,
    branch: row.branch,
    branchStart: row.branch_start,
    sampleCount: row.sample_count,
    shardSize: row.shard_size,
    layers: row.layers,
    dimensions: row.dimensions,
    explainedVariance: row.explained_variance,
    basisMethod: row.basis_method,
    basisResidual: row.basis_residual,
    moments: row.moments ?? undefined,
    basis: row.basis ?? undefined,
    unitStatistics: row.unit_statistics ?? undefined,
    engine: row.engine,
    createTime: row.create_time,
    readyTime: row.ready_time ?? undefined,
  };
}
