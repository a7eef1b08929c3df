import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import { type Database, type PageField, selectPage } from '@noema/postgres';
import type { Insertable, Selectable } from 'kysely';
import { perceptionSpaceExists } from '../activation-set/activation-set.errors.js';
import type { PerceptionSpaces } from '../activation-set/activation-set.ports.js';
import type { NewPerceptionSpace, PerceptionSpace } from './perception-space.js';
import type { ActivationsSchema, PerceptionSpaceTable } from '../schema.js';

const FIELDS: Readonly<Record<string, PageField>> = {
  name: { column: 'name', type: 'string' },
  built_in: { column: 'built_in', type: 'boolean' },
  create_time: { column: 'create_time', type: 'timestamp' },
};

/** Perception spaces in PostgreSQL. */
export class PostgresPerceptionSpaces implements PerceptionSpaces {
  constructor(private readonly db: Database<ActivationsSchema>) {}

  async ensure(spaces: readonly NewPerceptionSpace[]): Promise<void> {
    await this.db
      .tx()
      .insertInto('perception_space')
      .values(spaces.map((space) => this.toRow(space)))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

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
