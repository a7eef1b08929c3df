import { Inject, Injectable } from '@nestjs/common';
import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { Database, type PageField, selectPage } from '@noema/postgres';
import type { Insertable, Selectable } from 'kysely';
import { perceptionSpaceExists } from './perception-space.errors.js';
import type { NewPerceptionSpace, PerceptionSpace } from './perception-space.js';
import type { ActivationsSchema, PerceptionSpaceTable } from '../schema.js';

const FIELDS: Readonly<Record<string, PageField>> = {
  name: { column: 'name', type: 'string' },
  built_in: { column: 'built_in', type: 'boolean' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

/** Stores perception spaces in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class PerceptionSpaceRepository {
  constructor(@Inject(Database) private readonly db: Database<ActivationsSchema>) {}

  /** Adds the missing spaces. */
  async ensure(spaces: readonly NewPerceptionSpace[]): Promise<void> {
    await this.db
      .tx()
      .insertInto('perception_space')
      .values(spaces.map((space) => this.toRow(space)))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Throws `exists` PERCEPTION_SPACE_EXISTS when the name is taken. */
  async insert(space: NewPerceptionSpace): Promise<PerceptionSpace> {
    const row = await this.db
      .tx()
      .insertInto('perception_space')
      .values(this.toRow(space))
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw perceptionSpaceExists(space.name);
    return toSpace(row);
  }

  async find(id: string): Promise<PerceptionSpace | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('perception_space')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toSpace(row);
  }

  async findByName(projectId: string, name: string): Promise<PerceptionSpace | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('perception_space')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row && toSpace(row);
  }

  async list(projectId: string, query: PageQuery): Promise<Page<PerceptionSpace>> {
    const page = await selectPage<Selectable<PerceptionSpaceTable>>(this.db, {
      table: 'perception_space',
      fields: FIELDS,
      where: { project_id: projectId },
      query: { ...query, orderBy: query.orderBy === '' ? 'built_in desc' : query.orderBy },
    });
    return mapPage(page, toSpace);
  }

  private toRow(space: NewPerceptionSpace): Insertable<PerceptionSpaceTable> {
    return {
      id: space.id,
      team_id: this.db.teamId()!,
      project_id: space.projectId,
      name: space.name,
      built_in: space.builtIn,
      layer_weights: JSON.stringify(space.layerWeights),
      max_dimensions: space.maxDimensions,
    };
  }
}

const toSpace = (row: Selectable<PerceptionSpaceTable>): PerceptionSpace => ({
  id: row.id,
  projectId: row.project_id,
  name: row.name,
  builtIn: row.built_in,
  layerWeights: row.layer_weights,
  maxDimensions: row.max_dimensions,
  createTime: row.create_time,
});
