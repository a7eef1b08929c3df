import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactRef } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ActivationShard } from './activation-set.js';
import type { ActivationShardTable, ActivationsSchema } from '../schema.js';

/** A statement takes at most 65,535 parameters. */
const SHARDS_AT_ONCE = 1_000;

/** Stores the shards of sets in PostgreSQL; every method takes part in the ambient transaction of a team. */
@Injectable()
export class ActivationShardRepository {
  constructor(@Inject(Database) private readonly db: Database<ActivationsSchema>) {}

  /** Returns the shards of a set in order. */
  async of(setId: string): Promise<ActivationShard[]> {
    const rows = await this.db
      .tx()
      .selectFrom('activation_shard')
      .selectAll()
      .where('set_id', '=', setId)
      .orderBy('index')
      .execute();
    return rows.map(toShard);
  }

  async find(setId: string, index: number): Promise<ActivationShard | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('activation_shard')
      .selectAll()
      .where('set_id', '=', setId)
      .where('index', '=', index)
      .executeTakeFirst();
    return row && toShard(row);
  }

  async save(setId: string, shards: readonly ActivationShard[]): Promise<void> {
    for (let from = 0; from < shards.length; from += SHARDS_AT_ONCE) {
      const rows = shards
        .slice(from, from + SHARDS_AT_ONCE)
        .map(({ index, firstRow, rowCount, inputs, responses, moments, vectors }) => ({
          set_id: setId,
          index,
          team_id: this.db.teamId()!,
          first_row: firstRow,
          row_count: rowCount,
          inputs: JSON.stringify(inputs),
          responses: stored(responses),
          moments: stored(moments),
          vectors: stored(vectors),
        }));
      await this.db
        .tx()
        .insertInto('activation_shard')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['set_id', 'index']).doUpdateSet((on) => ({
            responses: on.ref('excluded.responses'),
            moments: on.ref('excluded.moments'),
            vectors: on.ref('excluded.vectors'),
          })),
        )
        .execute();
    }
  }
}

const toShard = (row: Selectable<ActivationShardTable>): ActivationShard => ({
  index: row.index,
  firstRow: row.first_row,
  rowCount: row.row_count,
  inputs: row.inputs,
  responses: row.responses ?? undefined,
  moments: row.moments ?? undefined,
  vectors: row.vectors ?? undefined,
});

const stored = (ref: ArtifactRef | undefined): string | null =>
  ref === undefined ? null : JSON.stringify(ref);
