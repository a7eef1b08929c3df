import { enumField } from '@noema/contracts';
import { ModelVersionOriginSchema } from '@noema/contracts/noema/training/v1/model';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, isUniqueViolation, jsonb, selectPage } from '@noema/postgres';
import { sql } from 'kysely';
import type { Model, ModelVersion } from './model.js';
import { modelNameTaken } from './model.errors.js';
import type { ModelRepository } from './model.ports.js';
import type { ModelRow, ModelVersionRow, TrainingSchema } from '../schema.js';

const MODEL_FIELDS = {
  display_name: { column: 'display_name', type: 'string' },
  digest: { column: 'digest', type: 'string' },
  parameter_count: { column: 'parameter_count::float8', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
} as const;
const VERSION_FIELDS = {
  number: { column: 'number', type: 'number' },
  origin: { column: 'origin', type: enumField(ModelVersionOriginSchema) },
  run_id: { column: 'run_id::text', type: 'string' },
  epoch: { column: 'epoch', type: 'number' },
  create_time: { column: 'created_at', type: 'timestamp' },
} as const;

/** Models and their versions. */
export class PostgresModels implements ModelRepository {
  constructor(private readonly db: Database<TrainingSchema>) {}

  async insert({
    id,
    projectId,
    displayName,
    format,
    digest,
    parameterCount,
    inputs,
    outputs,
    createTime,
    layers,
  }: Omit<Model, 'latestVersionId'>): Promise<void> {
    try {
      await sql`
        insert into model (id, team_id, project_id, display_name, format, digest, parameter_count, inputs,
          outputs, created_at, layers)
        values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${displayName}, ${format},
          ${digest}, ${parameterCount}, ${jsonb(inputs)}, ${jsonb(outputs)}, ${createTime}, ${jsonb(layers)})`.execute(
        this.db.tx(),
      );
    } catch (error) {
      throw isUniqueViolation(error) ? modelNameTaken(displayName) : error;
    }
  }

  async find(id: string): Promise<Model | undefined> {
    const { rows } = await sql<ModelRow>`select * from model_status where id = ${id}`.execute(this.db.tx());
    return rows[0] && toModel(rows[0]);
  }

  async hasName(projectId: string, displayName: string): Promise<boolean> {
    const { rows } =
      await sql`select 1 from model where project_id = ${projectId} and display_name = ${displayName}`.execute(
        this.db.tx(),
      );
    return rows.length > 0;
  }

  async page(projectId: string, query: PageQuery): Promise<Page<Model>> {
    return mapPage(
      await selectPage<ModelRow>(this.db, {
        table: 'model_status',
        fields: MODEL_FIELDS,
        where: { project_id: projectId },
        query,
      }),
      toModel,
    );
  }

  async countRuns(id: string): Promise<number> {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from run r join model_version v on v.id = r.model_version_id where v.model_id
      = ${id}`.execute(this.db.tx());
    return rows[0]!.n;
  }

  async rename(id: string, displayName: string): Promise<void> {
    try {
      await sql`update model set display_name = ${displayName} where id = ${id}`.execute(this.db.tx());
    } catch (error) {
      throw isUniqueViolation(error) ? modelNameTaken(displayName) : error;
    }
  }

  async remove(id: string): Promise<void> {
    await sql`delete from model where id = ${id}`.execute(this.db.tx());
  }

  async insertVersion({
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
    await sql`select 1 from model where id = ${modelId} for update`.execute(this.db.tx());
    await sql`
      insert into model_version (id, team_id, model_id, project_id, number, origin, run_id, epoch, seed,
        topology, weights, imported, created_at)
      values (${id}, current_setting('app.team_id')::uuid, ${modelId}, ${projectId}, (select
        coalesce(max(number), 0) + 1 from model_version where model_id = ${modelId}),
        ${origin}, ${runId === '' ? null : runId}, ${epoch}, ${seed}, ${jsonb(topology)}, ${jsonb(weights)},
          ${jsonb(imported)}, ${createTime})
      on conflict (id) do nothing`.execute(this.db.tx());
  }

  async findVersion(id: string): Promise<ModelVersion | undefined> {
    const { rows } = await sql<ModelVersionRow>`select * from model_version where id = ${id}`.execute(
      this.db.tx(),
    );
    return rows[0] && toVersion(rows[0]);
  }

  async pageVersions(modelId: string, query: PageQuery): Promise<Page<ModelVersion>> {
    // Ids of trained versions do not sort by creation.
    const ordered = query.orderBy.trim() === '' ? { ...query, orderBy: 'number desc' } : query;
    return mapPage(
      await selectPage<ModelVersionRow>(this.db, {
        table: 'model_version',
        fields: VERSION_FIELDS,
        where: { model_id: modelId },
        query: ordered,
      }),
      toVersion,
    );
  }
}

const toModel = (row: ModelRow): Model => ({
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
});

const toVersion = (row: ModelVersionRow): ModelVersion => ({
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
});
