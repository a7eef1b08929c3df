import type { ArtifactRef } from '@noema/kernel';
import type { Database } from '@noema/postgres';
import type { Selectable } from 'kysely';
import type { ActivationShard } from '../domain/activation-set.js';
import type { ActivationShards } from '../domain/activation-set.ports.js';
import type { ActivationShardTable, ActivationsSchema } from './schema.js';

/** Shards of activation sets in PostgreSQL. */
export class PostgresActivationShards implements ActivationShards {
  constructor(private readonly db: Database<ActivationsSchema>) {}

  async of(setId: string): Promise<ActivationShard[]> {
    const rows = await this.db.tx().selectFrom('activation_shard').selectAll().where('set_id', '=', setId).orderBy('index').execute();
    return rows.map(toShard);
  }

  async find(setId: string, index: number): Promise<ActivationShard | undefined> {
    const row = await this.db.tx().selectFrom('activation_shard').selectAll().where('set_id', '=', setId).where('index', '=', index).executeTakeFirst();
    return row && toShard(row);
  }

  async save(setId: string, { index, firstRow, rowCount, inputs, responses, moments, vectors }: ActivationShard): Promise<void> {
    const artifacts = { responses: stored(responses), moments: stored(moments), vectors: stored(vectors) };
    await this.db.tx().insertInto('activation_shard')
      .values({ set_id: setId, index, team_id: this.db.teamId()!, first_row: firstRow, row_count: rowCount, inputs: JSON.stringify(inputs), ...artifacts })
      .onConflict((conflict) => conflict.columns(['set_id', 'index']).doUpdateSet(artifacts))
      .execute();
  }
}

const toShard = (row: Selectable<ActivationShardTable>): ActivationShard => ({
  index: row.index, firstRow: row.first_row, rowCount: row.row_count, inputs: row.inputs,
  responses: row.responses ?? undefined, moments: row.moments ?? undefined, vectors: row.vectors ?? undefined,
});

const stored = (ref: ArtifactRef | undefined): string | null => (ref === undefined ? null : JSON.stringify(ref));
