import type { Logger } from '@noema/observability';
import { type AnyDatabase, WakeLoop } from '@noema/postgres';
import { sql } from 'kysely';
import { ownedTables, type OwnedTable } from './schema-tables.js';
import type { WorkspaceDeletions } from './workspace-deletions.js';

interface Tombstone {
  readonly kind: 'team' | 'project';
  readonly id: string;
  readonly team_id: string;
}

const POLL_MS = 5_000;
/** Rows per transaction. A project's row may cascade to thousands of others. */
const BATCH = { team: 5_000, project: 50 } as const;
/** Period in which a late event or a worker that did not stop may recreate data. */
const WATCH_DAYS = 30;

/**
 * Deletes the data of deleted teams and projects in this schema, in batches of short transactions, once the
 * workspace has confirmed the deletion. The sweeper then deletes their objects in the store.
 */
export class Purger {
  private readonly loop: WakeLoop;
  private readonly channel: string;
  private started: Promise<unknown> | undefined;
  private stopped = false;

  constructor(
    private readonly db: AnyDatabase,
    private readonly workspace: Pick<WorkspaceDeletions, 'isDeleted'>,
    private readonly logger: Logger,
  ) {
    this.channel = `noema_tombstones_${db.schema}`;
    this.loop = new WakeLoop({
      db,
      channel: this.channel,
      pollMs: POLL_MS,
      work: async () => (await this.purge()) > 0,
      onError: (error) => {
        logger.warn({ err: error }, 'what a deleted team or project had could not be removed; trying again');
      },
    });
  }

  start(): this {
    this.started = this.loop.start();
    return this;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.started;
    await this.loop.stop();
  }

  /** Records a deletion in the ambient transaction of its team. */
  async note(kind: Tombstone['kind'], id: string, at: Date): Promise<void> {
    await sql`insert into tombstone (kind, id, team_id, deleted_at) values (${kind}, ${id},
      current_setting('app.team_id')::uuid, ${at}) on conflict do nothing`.execute(this.db.tx());
    this.db.notify(this.channel);
  }

  /**
   * Deletes everything that is due and confirmed. Returns the number of rows. Throws if the workspace does
   * not respond.
   */
  async purge(): Promise<number> {
    const { rows: due } = await this.db.runSystem(() =>
      sql<Tombstone>`
      select kind, id, team_id from tombstone
      where purged_at is null or (purged_at < now() - interval '1 hour' and deleted_at > now() -
        make_interval(days => ${WATCH_DAYS})) order by deleted_at limit 20`.execute(this.db.tx()),
    );
    if (due.length === 0) return 0;
    const tables = await ownedTables(this.db);
    let removed = 0;
    for (const stone of due) {
      if (await this.workspace.isDeleted({ kind: stone.kind, id: stone.id, teamId: stone.team_id }))
        removed += await this.bury(stone, tables);
      else await this.forget(stone);
    }
    return removed;
  }

  /**
   * Drops a deletion that did not happen: the event was unauthorised, or the workspace was restored to an
   * earlier state.
   */
  private async forget({ kind, id, team_id: teamId }: Tombstone): Promise<void> {
    await this.db.run(teamId, () =>
      sql`delete from tombstone where kind = ${kind} and id = ${id}`.execute(this.db.tx()),
    );
    this.logger.error(
      { [`${kind}_id`]: id, team_id: teamId },
      `an event reports that a ${kind} was deleted, and the workspace still has it; nothing was removed`,
    );
  }

  private async bury(stone: Tombstone, tables: readonly OwnedTable[]): Promise<number> {
    if (stone.kind === 'team') await this.stopJobs(stone.team_id);
    const owned = stone.kind === 'team' ? tables : tables.filter((table) => table.hasProject);
    let [removed, inPass] = [0, 0];
    do {
      inPass = 0;
      // Counters that triggers maintain reappear once.
      for (const table of owned) inPass += await this.empty(stone, table);
      removed += inPass;
    } while (inPass > 0 && !this.stopped);
    if (this.stopped) return removed;
    if (stone.kind === 'team')
      await this.db.run(stone.team_id, () =>
        sql`delete from outbox where published_at is not null`.execute(this.db.tx()),
      );
    await this.db.run(stone.team_id, () =>
      sql`update tombstone set purged_at = now() where kind = ${stone.kind} and id = ${stone.id}`.execute(
        this.db.tx(),
      ),
    );
    if (removed > 0)
      this.logger.info(
        { [`${stone.kind}_id`]: stone.id, rows: removed },
        `removed what a deleted ${stone.kind} had`,
      );
    return removed;
  }

  private async empty(stone: Tombstone, table: OwnedTable): Promise<number> {
    const name = sql.table(table.name);
    const mine =
      stone.kind === 'team'
        ? sql`team_id = ${stone.team_id}::uuid`
        : sql`team_id = ${stone.team_id}::uuid and project_id::text = ${stone.id}`;
    let removed = 0;
    for (let gone = 1; gone > 0 && !this.stopped; removed += gone) {
      gone = await this.db.run(stone.team_id, async () => {
        const { rows } = await sql<{ job_id: string | null }>`
          delete from ${name} where ctid = any(array(select ctid from ${name} where ${mine} limit
            ${BATCH[stone.kind]})) returning ${table.hasJob ? sql`job_id` : sql`null as job_id`}`.execute(
          this.db.tx(),
        );
        const jobs = [...new Set(rows.flatMap(({ job_id }) => (job_id === null ? [] : [job_id])))];
        if (stone.kind === 'project' && jobs.length > 0) await this.removeJobs(jobs);
        return rows.length;
      });
    }
    return removed;
  }

  /** Jobs have no project; they are deleted with the resource that they created. */
  private async removeJobs(ids: readonly string[]): Promise<void> {
    await sql`delete from job where id = any(${[...ids]}::uuid[])`.execute(this.db.tx());
    for (const id of ids) this.db.notify(`noema_jobs_${this.db.schema}`, `stop:${id}`);
  }

  private async stopJobs(teamId: string): Promise<void> {
    await this.db.run(teamId, async () => {
      const { rows } = await sql<{
        id: string;
      }>`select id from job where state in ('open', 'cancelling')`.execute(this.db.tx());
      for (const { id } of rows) this.db.notify(`noema_jobs_${this.db.schema}`, `stop:${id}`);
    });
  }
}
