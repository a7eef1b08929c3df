import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

export interface OwnedTable {
  readonly name: string;
  readonly hasProject: boolean;
  readonly hasJob: boolean;
}

/** Tables with their own clean-up: tombstones, and events still to be published. */
const OTHERS = ['tombstone', 'outbox'];

/** Returns the tables of the schema whose rows belong to a team, referencing tables first. */
export async function ownedTables(db: AnyDatabase): Promise<OwnedTable[]> {
  return db.runSystem(async () => {
    const { rows } = await sql<{ name: string; has_project: boolean; has_job: boolean; refers_to: string[] }>`
      select c.relname as name,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'project_id' and not
          a.attisdropped) as has_project,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'job_id' and not
          a.attisdropped) as has_job,
        array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid where
          k.contype = 'f' and k.conrelid = c.oid and k.confrelid <> c.oid) as refers_to
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute t on t.attrelid = c.oid
        and t.attname = 'team_id' and not t.attisdropped
      where n.nspname = ${db.schema} and c.relkind in ('r', 'p') and not c.relname = any(${OTHERS}::text[])
      order by c.relname`.execute(db.tx());
    const sorted: OwnedTable[] = [];
    const waiting = new Map(rows.map((row) => [row.name, row]));
    while (waiting.size > 0) {
      const referred = new Set([...waiting.values()].flatMap((row) => row.refers_to));
      const free = [...waiting.values()].filter((row) => !referred.has(row.name));
      for (const row of free.length > 0 ? free : [...waiting.values()]) {
        sorted.push({ name: row.name, hasProject: row.has_project, hasJob: row.has_job });
        waiting.delete(row.name);
      }
    }
    return sorted;
  });
}
