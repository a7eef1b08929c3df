import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { type AnyDatabase, Database, isUniqueViolation, jsonb, ResourceRepository } from '@noema/postgres';
import type { ModelRow, TrainingSchema } from '../schema.js';
import { modelNameTaken } from './model.errors.js';
import type { Model } from './model.js';

const FIELDS = {
  display_name: { column: 'display_name', type: 'string' },
  digest: { column: 'digest', type: 'string' },
  parameter_count: { column: 'parameter_count::float8', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
} as const;

/** Stores models in PostgreSQL. */
@Injectable()
export class ModelRepository extends ResourceRepository<ModelRow, Model> {
  declare protected readonly db: Database<TrainingSchema>;

  constructor(@Inject(Database) db: AnyDatabase) {
    super(db, { table: 'model', view: 'model_status', fields: FIELDS });
  }

  /** Throws `exists` MODEL_NAME_TAKEN. */
  async insert(model: Omit<Model, 'latestVersionId'>): Promise<void> {
    const row = {
      id: model.id,
      project_id: model.projectId,
      display_name: model.displayName,
      format: model.format,
      digest: model.digest,
      parameter_count: model.parameterCount,
      inputs: jsonb(model.inputs),
      outputs: jsonb(model.outputs),
      created_at: model.createTime,
      layers: jsonb(model.layers),
    };
    await refusingTwins(model.displayName, this.insertRow(row));
  }

  async hasName(projectId: string, displayName: string): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('model')
      .select('id')
      .where('project_id', '=', projectId)
      .where('display_name', '=', displayName)
      .executeTakeFirst();
    return row !== undefined;
  }

  list(projectId: string, query: PageQuery): Promise<Page<Model>> {
    return this.selectPage({ project_id: projectId }, query);
  }

  /** Counts the runs that start from any version of the model. */
  async countRuns(id: string): Promise<number> {
    const { runs } = await this.db
      .tx()
      .selectFrom('run as r')
      .innerJoin('model_version as v', 'v.id', 'r.model_version_id')
      .select(({ fn }) => fn.countAll<string>().as('runs'))
      .where('v.model_id', '=', id)
      .executeTakeFirstOrThrow();
    return Number(runs);
  }

  /** Throws `exists` MODEL_NAME_TAKEN. */
  rename(id: string, displayName: string): Promise<void> {
    return refusingTwins(displayName, this.updateRow(id, { display_name: displayName }));
  }

  protected toResource(row: ModelRow): Model {
    return {
      id: row.id,
      projectId: row.project_id,
      displayName: row.display_name,
      format: row.format,
      digest: row.digest,
      parameterCount: Number(row.parameter_count),
      inputs: row.inputs,
      outputs: row.outputs,
      latestVersionId: row.latest_version_id,
      createTime: row.created_at,
      layers: row.layers,
    };
  }
}

const refusingTwins = <T>(displayName: string, written: Promise<T>): Promise<T> =>
  written.catch((error: unknown) => {
    throw isUniqueViolation(error) ? modelNameTaken(displayName) : error;
  });
