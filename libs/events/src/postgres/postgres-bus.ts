import { uuidv7 } from '@noema/kernel';
import { type Logger, silentLogger } from '@noema/observability';
import { type AnyDatabase, type Database, persist, WakeLoop } from '@noema/postgres';
import { sql } from 'kysely';
import type {
  Bus,
  BusMark,
  BusMessage,
  ConsumerLag,
  ConsumerSpec,
  DeadLetter,
  Subscription,
} from '../bus.js';
import { prolongWhileAlive } from '../prolong.js';
import { acknowledge, claim, type Claimed, type MessageRow, prolong, reject, toMessage } from './delivery.js';

const CHANNEL = 'noema_bus';

/** There is only one. */
const BORN = 'postgres';

/**
 * Serialises publishing and the registration of consumers, so that a message published in between is neither
 * lost nor duplicated.
 */
const REGISTRY_LOCK = 0x6275730a;

export interface PostgresBusOptions {
  readonly logger?: Logger;
  /** Interval of polling for due messages without a notification. Default: 1 s. */
  readonly pollMs?: number;
}

/** The bus as tables in the schema `bus`, with notifications that wake the consumers. */
export class PostgresBus implements Bus {
  private readonly db: Database<unknown>;
  private readonly loops = new Set<WakeLoop>();
  private readonly logger: Logger;

  constructor(
    db: AnyDatabase,
    private readonly options: PostgresBusOptions = {},
  ) {
    this.db = db.sibling<unknown>();
    this.logger = options.logger ?? silentLogger;
  }

  async publish(messages: readonly BusMessage[]): Promise<readonly BusMark[]> {
    await this.db.runSystem(async () => {
      await sql`select pg_advisory_xact_lock_shared(${REGISTRY_LOCK})`.execute(this.db.tx());
      const events = new Set<string>();
      for (const message of messages) if (await this.insert(message)) events.add(message.event);
      for (const event of events) this.db.notify(CHANNEL, event);
    });
    return [];
  }

  /** The bus is as durable as the outbox, because both are in the same database. */
  standing({ born }: BusMark): Promise<{ readonly born: string; readonly holds: boolean }> {
    return Promise.resolve({ born: BORN, holds: born === BORN });
  }

  async subscribe(
    consumer: ConsumerSpec,
    handler: (message: BusMessage, delivery: number) => Promise<void>,
  ): Promise<Subscription> {
    await persist(() => this.register(consumer));
    const loop = new WakeLoop({
      db: this.db,
      channel: CHANNEL,
      concerns: (event) => event === consumer.event,
      pollMs: this.options.pollMs ?? 1_000,
      work: () => this.serveOne(consumer, handler),
      onError: (error) => {
        this.logger.warn({ err: error, consumer: consumer.name }, 'the bus could not be read; trying again');
      },
    });
    this.loops.add(loop);
    await loop.start();
    return {
      stop: async () => {
        this.loops.delete(loop);
        await loop.stop();
      },
    };
  }

  async deadLetters(consumer: string): Promise<DeadLetter[]> {
    const { rows } = await this.db.runSystem(() =>
      sql<MessageRow & { attempt: number; error: string }>`
      select m.*, d.attempt, d.error from bus.delivery d join bus.message m using (seq)
      where d.consumer = ${consumer} and d.state = 'dead' order by seq`.execute(this.db.tx()),
    );
    return rows.map((row) => ({ message: toMessage(row), deliveries: row.attempt, error: row.error }));
  }

  replay(consumer: string, messageId?: string): Promise<number> {
    return this.db.runSystem(async () => {
      const { rows } = await sql<{ event: string }>`
        update bus.delivery d set state = 'pending', attempt = 0, replays = d.replays + 1, visible_at = now(),
          error = null
        from bus.message m where m.seq = d.seq and d.consumer = ${consumer} and d.state = 'dead'
          and (${messageId ?? null}::uuid is null or m.id = ${messageId ?? null}::uuid) returning m.event`.execute(
        this.db.tx(),
      );
      for (const event of new Set(rows.map((r) => r.event))) this.db.notify(CHANNEL, event);
      return rows.length;
    });
  }

  /** Deletes messages older than the given hours that no consumer waits for. Returns their number. */
  async prune(hours: number): Promise<number> {
    const { numAffectedRows } = await this.db.runSystem(() =>
      sql`
      delete from bus.message m where published_at < now() - make_interval(hours => ${hours})
        and not exists (select from bus.delivery d where d.seq = m.seq and d.state <> 'done')`.execute(
        this.db.tx(),
      ),
    );
    return Number(numAffectedRows ?? 0n);
  }

  ping(): Promise<void> {
    return this.db.ping();
  }

  async lag(consumers: readonly Pick<ConsumerSpec, 'name' | 'event'>[]): Promise<readonly ConsumerLag[]> {
    const { rows } = await this.db.runSystem(() =>
      sql<ConsumerLag>`
      select name as consumer, count(d.seq) filter (where d.state = 'pending')::int as waiting, count(d.seq)
        filter (where d.state = 'dead')::int as dead
      from unnest(${consumers.map(({ name }) => name)}::text[]) with ordinality asked (name, place)
      left join bus.delivery d on d.consumer = name and d.state in ('pending', 'dead') group by name, place
        order by place`.execute(this.db.tx()),
    );
    return rows;
  }

  async close(): Promise<void> {
    await Promise.all([...this.loops].map((loop) => loop.stop()));
    this.loops.clear();
  }

  private async insert(m: BusMessage): Promise<boolean> {
    const { rows } = await sql<{ seq: string }>`
      insert into bus.message (id, team_id, event, subject, body, traceparent, time)
      values (${m.id}, ${m.teamId}, ${m.event}, ${m.subject}, ${JSON.stringify(m.body)}::jsonb,
        ${m.traceparent ?? null}, ${m.time})
      on conflict (id) do nothing returning seq`.execute(this.db.tx());
    if (rows.length === 0) return false;
    await sql`insert into bus.delivery (consumer, seq) select name, ${rows[0]!.seq} from bus.consumer where
      event = ${m.event}`.execute(this.db.tx());
    return true;
  }

  private async register({ name, event }: ConsumerSpec): Promise<void> {
    await this.db.runSystem(async () => {
      await sql`select pg_advisory_xact_lock(${REGISTRY_LOCK})`.execute(this.db.tx());
      const { rows } = await sql`
        insert into bus.consumer (name, event) values (${name}, ${event}) on conflict (name) do nothing
          returning name`.execute(this.db.tx());
      if (rows.length > 0)
        await sql`insert into bus.delivery (consumer, seq) select ${name}, seq from bus.message where event =
          ${event}`.execute(this.db.tx());
    });
  }

  private async serveOne(
    consumer: ConsumerSpec,
    handler: (message: BusMessage, delivery: number) => Promise<void>,
  ): Promise<boolean> {
    const claimed = await claim(this.db, consumer, uuidv7());
    if (claimed === undefined) return false;
    const stopProlonging = prolongWhileAlive(consumer, () => prolong(this.db, consumer, claimed));
    try {
      await handler(claimed.message, claimed.attempt);
    } catch (error) {
      stopProlonging();
      await this.refuse(consumer, claimed, error);
      return true;
    }
    stopProlonging();
    await acknowledge(this.db, consumer.name, claimed);
    return true;
  }

  private async refuse(consumer: ConsumerSpec, claimed: Claimed, error: unknown): Promise<void> {
    const dead = await reject(this.db, consumer, claimed, error);
    const fields = {
      err: error,
      consumer: consumer.name,
      message_id: claimed.message.id,
      delivery: claimed.attempt,
    };
    if (dead) this.logger.error(fields, 'message given up; replay it when its cause is cured');
    else this.logger.warn(fields, 'message refused; it will be delivered again');
  }
}
