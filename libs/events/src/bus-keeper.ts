import { type Logger, silentLogger } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { Bus, BusMark } from './bus.js';

export interface BusKeeperOptions {
  readonly db: AnyDatabase;
  readonly bus: Bus;
  /** Called when there are events to publish again. */
  readonly wake?: () => void;
  readonly logger?: Logger;
  /** Interval of the check. Default: 10 s. */
  readonly everyMs?: number;
}

interface MarkRow {
  readonly service: string;
  readonly born: string;
  readonly sequence: string;
  readonly message_id: string;
}

/**
 * Compares the state of the bus with the messages of this service that it has confirmed. If the bus was
 * wiped, restored from an older state or replaced, publishes everything again that the outbox still has;
 * consumers ignore duplicates. Any number of keepers may run.
 */
export class BusKeeper {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly options: BusKeeperOptions) {}

  start(): this {
    const look = (): void => {
      this.looking = this.quietly();
    };
    this.timer = setInterval(look, this.options.everyMs ?? 10_000).unref();
    look();
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /**
   * Checks once. Returns the number of messages that will be published again. Throws `unavailable` if the bus
   * is unavailable.
   */
  async look(): Promise<number> {
    const { db, wake } = this.options;
    const services = await db.runSystem(async () => {
      await addMark(db, { service: db.schema, born: '' });
      return (await sql<MarkRow>`select service from bus_mark order by service`.execute(db.tx())).rows.map(
        ({ service }) => service,
      );
    });
    let count = 0;
    for (const service of services) count += await db.runSystem(() => this.compare(service));
    if (count > 0) wake?.();
    return count;
  }

  private async compare(service: string): Promise<number> {
    const { db, bus, logger = silentLogger } = this.options;
    const mark = await lockMark(db, service);
    const standing = await bus.standing(mark);
    if (standing.holds) return 0;
    const { numAffectedRows = 0n } = await sql`
      update outbox set published_at = null where published_at is not null and split_part(event, '.', 1) =
        ${service}`.execute(db.tx());
    await sql`update bus_mark set born = ${standing.born}, sequence = 0, message_id = '' where service =
      ${service}`.execute(db.tx());
    const count = Number(numAffectedRows);
    if (mark.born !== '')
      logger.warn(
        { events_of: service, messages: count },
        'the bus lost what it had confirmed; announcing it again',
      );
    return count;
  }

  private async quietly(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.options.logger?.debug(
        { err: error },
        'the bus could not be compared with the outbox; trying again',
      );
    }
  }
}

const addMark = (db: AnyDatabase, { service, born }: Pick<BusMark, 'service' | 'born'>): Promise<unknown> =>
  sql`insert into bus_mark (service, born) values (${service}, ${born}) on conflict do nothing`.execute(
    db.tx(),
  );

async function lockMark(db: AnyDatabase, service: string): Promise<BusMark> {
  const { rows } = await sql<MarkRow>`select * from bus_mark where service = ${service} for update`.execute(
    db.tx(),
  );
  const { born, sequence, message_id } = rows[0]!;
  return { service, born, sequence: Number(sequence), messageId: message_id };
}

/**
 * Stores, in the ambient transaction, the last message that the bus has confirmed. The keeper handles a
 * recreated stream.
 */
export async function rememberMarks(db: AnyDatabase, marks: readonly BusMark[]): Promise<void> {
  for (const { service, born, sequence, messageId } of marks) {
    // For the service's own events, the keeper must check the stream first: they may have been published on
    // another bus.
    if (service !== db.schema) await addMark(db, { service, born });
    await sql`
      update bus_mark set sequence = ${sequence}, message_id = ${messageId}
      where service = ${service} and born = ${born} and sequence < ${sequence}`.execute(db.tx());
  }
}
