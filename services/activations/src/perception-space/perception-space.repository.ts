import { Inject, Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '@noema/kernel';
import { Database, type PageField, ResourceRepository } from '@noema/postgres';
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
export class PerceptionSpaceRepository extends ResourceRepository<
  Selectable<PerceptionSpaceTable>,
  PerceptionSpace
> {
  declare protected readonly db: Database<ActivationsSchema>;

  constructor(@Inject(Database) db: Database<ActivationsSchema>) {
    super(db, { table: 'perception_space', fields: FIELDS });
  }

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
    return this.toResource(row);
  }

  async findByName(projectId: string, name: string): Promise<PerceptionSpace | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('perception_space')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('name', '=', name)
      .executeTakeFirst();
    return row && this.toResource(row);
  }

  list(projectId: string, { orderBy, ...query }: PageQuery): Promise<Page<PerceptionSpace>> {
    return this.selectPage(
      { project_id: projectId },
      { ...query, orderBy: orderBy === '' ? 'built_in desc' : orderBy },
    );
  }

  protected toResource(row: Selectable<PerceptionSpaceTable>): PerceptionSpace {
    return {
      id: row.id,
      projectId: row.project_id,
      name: row.name,
      builtIn: row.built_in,
      layerWeights: row.layer_weights,
      maxDimensions: row.max_dimensions,
      createTime: row.create_time,
    };
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
