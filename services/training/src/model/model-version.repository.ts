import { Inject, Injectable } from '@nestjs/common';
import { enumField } from '@noema/contracts';
import { ModelVersionOriginSchema } from '@noema/contracts/noema/training/v1/model';
import type { Page, PageQuery } from '@noema/kernel';
import { type AnyDatabase, Database, jsonb, ResourceRepository } from '@noema/postgres';
import { sql } from 'kysely';
import type { ModelVersionRow, TrainingSchema } from '../schema.js';
import type { ModelVersion } from './model.js';

const FIELDS = {
  number: { column: 'number', type: 'number' },
  origin: { column: 'origin', type: enumField(ModelVersionOriginSchema) },
  run_id: { column: 'run_id::text', type: 'string' },
  epoch: { column: 'epoch', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
} as const;

/** Stores versions of models in PostgreSQL. */
@Injectable()
export class ModelVersionRepository extends ResourceRepository<ModelVersionRow, ModelVersion> {
  declare protected readonly db: Database<TrainingSchema>;

  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, { table: 'model_version', fields: FIELDS });
  }

  /** Adds a version under the next number of its model. A version with the same id stays unchanged. */
  async insert({
    id,
    modelId,
    projectId,
    origin,
    runId,
    epoch,
    seed,
    topology,
    weights,
    imported,
    createTime,
  }: Omit<ModelVersion, 'number'>): Promise<void> {
    // Two runs of one model take their numbers one after the other.
    await this.db.tx().selectFrom('model').select('id').where('id', '=', modelId).forUpdate().execute();
    await this.db
      .tx()
      .insertInto('model_version')
      .values((version) => ({
        id,
        team_id: this.db.teamId()!,
        model_id: modelId,
        project_id: projectId,
        number: version
          .selectFrom('model_version')
          .select(sql<number>`coalesce(max(number), 0) + 1`.as('next'))
          .where('model_id', '=', modelId),
        origin,
        run_id: runId === '' ? null : runId,
        epoch,
        seed,
        topology: jsonb(topology),
        weights: jsonb(weights),
        imported: jsonb(imported),
        created_at: createTime,
      }))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  list(modelId: string, query: PageQuery): Promise<Page<ModelVersion>> {
    // Ids of trained versions do not sort by creation.
    const orderBy = query.orderBy.trim() === '' ? 'number desc' : query.orderBy;
    return this.selectPage({ model_id: modelId }, { ...query, orderBy });
  }

  protected toResource(row: ModelVersionRow): ModelVersion {
    return {
      id: row.id,
      modelId: row.model_id,
      projectId: row.project_id,
      number: row.number,
      origin: row.origin,
      runId: row.run_id ?? '',
      epoch: row.epoch,
      seed: row.seed,
      topology: row.topology,
      weights: row.weights ?? undefined,
      imported: row.imported ?? undefined,
      createTime: row.created_at,
    };
  }
}
