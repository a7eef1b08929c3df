import type { JsonValue } from '@bufbuild/protobuf';
import { type Logger, silentLogger } from '@noema/observability';
import { type AnyDatabase, WakeLoop } from '@noema/postgres';
import { sql } from 'kysely';
import type { Bus, BusMessage } from './bus.js';
import { rememberMarks } from './bus-keeper.js';
import { countPublishing } from './event.metrics.js';
import { outboxChannel } from './outbox.js';

export interface RelayOptions {
  readonly db: AnyDatabase;
  readonly bus: Bus;
  readonly logger?: Logger;
  readonly pollMs?: number;
  /** Maximum number of messages per batch. */
  readonly batch?: number;
}

interface Row {
  readonly seq: string;
  readonly id: string;
  readonly team_id: string;
  readonly event: string;
  readonly subject: string;
  readonly body: JsonValue;
  readonly traceparent: string | null;
  readonly created_at: Date;
}

/**
 * Publishes the messages of the outbox. Any number of relays may run: each row is claimed by one, and a
 * message that is published twice has the same id.
 */
export class OutboxRelay {
  private readonly loop: WakeLoop;

  constructor(private readonly options: RelayOptions) {
    const { db, logger = silentLogger, pollMs = 2_000 } = options;
    this.loop = new WakeLoop({
      db,
      pollMs,
      channel: outboxChannel(db.schema),
      work: async () => (await this.relay()) > 0,
      onError: (error) => {
        logger.warn({ err: error }, 'the outbox could not be announced; trying again');
      },
    });
  }

  async start(): Promise<this> {
    await this.loop.start();
    return this;
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Checks for messages now. */
  wake(): void {
    this.loop.wake();
  }

  /** Publishes one batch and returns its number of messages. */
  relay(): Promise<number> {
    const { db, bus, batch = 100 } = this.options;
    return db.runSystem(async () => {
      const { rows } = await sql<Row>`
        select * from outbox where published_at is null order by seq limit ${batch} for update skip locked`.execute(
        db.tx(),
      );
      if (rows.length === 0) return 0;
      const marks = await countPublishing(
        db.schema,
        rows.map((row) => row.event),
        () => bus.publish(rows.map(toMessage)),
      );
      await rememberMarks(db, marks);
      await sql`update outbox set published_at = now() where seq = any(${rows.map((r) => r.seq)}::bigint[])`.execute(
        db.tx(),
      );
      return rows.length;
    });
  }

  /**
   * Returns the number of unpublished messages and the age of the oldest, in seconds by the database's clock.
   */
  async backlog(): Promise<{ readonly messages: number; readonly oldestSeconds: number }> {
    const { db } = this.options;
    const { rows } = await db.runSystem(() =>
      sql<{ messages: number; oldest: number }>`
      select count(*)::int as messages, greatest(0, coalesce(extract(epoch from now() - min(created_at)),
        0))::float8 as oldest from outbox where published_at is null`.execute(db.tx()),
    );
    return { messages: rows[0]!.messages, oldestSeconds: rows[0]!.oldest };
  }

  /**
   * Publishes everything again that was committed since then, for a bus that lost its data. Consumers ignore
   * duplicates. Returns the number of messages.
   */
  async republish(since: Date): Promise<number> {
    const { db } = this.options;
    const { numAffectedRows } = await db.runSystem(() =>
      sql`update outbox set published_at = null where published_at is not null and created_at >= ${since}`.execute(
        db.tx(),
      ),
    );
    this.loop.wake();
    return Number(numAffectedRows ?? 0n);
  }

  /** Deletes messages that were published longer ago than the given hours. */
  async prune(hours: number): Promise<void> {
    const { db } = this.options;
    await db.runSystem(() =>
      sql`delete from outbox where published_at < now() - make_interval(hours => ${hours})`.execute(db.tx()),
    );
  }
}

const toMessage = (row: Row): BusMessage => ({
  id: row.id,
  teamId: row.team_id,
  event: row.event,
  subject: row.subject,
  time: row.created_at,
  body: row.body,
  ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
});
