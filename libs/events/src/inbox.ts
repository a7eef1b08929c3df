import { DomainError, isRetryable } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { BusMessage, ConsumerSpec } from './bus.js';
import { maxDeliveries } from './consumer-limits.js';

/** Longest text of an error that is kept. */
const MAX_ERROR = 2_048;

interface Seen {
  readonly first: boolean;
  readonly deliveries: number | null;
  readonly error: string | null;
}

/**
 * What one consumer has done of the messages of its service, in Postgres: neither a second delivery nor a bus
 * that lost its data undoes it.
 */
export class Inbox {
  constructor(
    private readonly db: AnyDatabase,
    private readonly consumer: Pick<ConsumerSpec, 'name' | 'maxDeliveries'>,
  ) {}

  /**
   * Takes the message in, in the ambient transaction of its effect; false when that was committed before.
   * Throws `precondition` DELIVERIES_SPENT when it has failed as often as it may, which the bus may have
   * forgotten.
   */
  async admit({ id, teamId, replayed }: BusMessage, delivery: number): Promise<boolean> {
    const { name } = this.consumer;
    const { rows } = await sql<Seen>`
      with taken as (insert into inbox (consumer, message_id, team_id) values (${name}, ${id}, ${teamId}) on
        conflict do nothing returning 1)
      select exists (select 1 from taken) as first, f.deliveries, f.error
      from (select 1) one left join inbox_failure f on f.consumer = ${name} and f.message_id = ${id}`.execute(
      this.db.tx(),
    );
    const { first, deliveries, error } = rows[0]!;
    if (!first) return false;
    if (deliveries === null) return true;
    if (deliveries >= maxDeliveries(this.consumer) && !isAnew(replayed, delivery)) {
      throw new DomainError(
        'precondition',
        'DELIVERIES_SPENT',
        `${name} has failed on message ${id} in ${deliveries} deliveries, the last time with: ` +
          `${error ?? ''}; cure that and replay it`,
        { metadata: { consumer: name, message_id: id } },
      );
    }
    await sql`delete from inbox_failure where consumer = ${name} and message_id = ${id}`.execute(
      this.db.tx(),
    );
    return true;
  }

  /**
   * Counts a delivery that failed, in a transaction of its own; when that cannot be written, the bus still
   * counts.
   */
  async failed({ id, teamId, replayed }: BusMessage, delivery: number, error: unknown): Promise<void> {
    const { name } = this.consumer;
    if (error instanceof DomainError && error.reason === 'DELIVERIES_SPENT') return;
    // What repeating cannot cure has had its last delivery.
    const deliveries = isRetryable(error) ? 1 : maxDeliveries(this.consumer);
    const before = isAnew(replayed, delivery) ? sql`0` : sql`f.deliveries`;
    await this.db
      .run(teamId, () =>
        sql`
      insert into inbox_failure as f (consumer, message_id, team_id, deliveries, error) values (${name},
        ${id}, ${teamId}, ${deliveries}, ${text(error)})
      on conflict (consumer, message_id) do update set deliveries = ${before} + excluded.deliveries, error =
        excluded.error, failed_at = now()`.execute(this.db.tx()),
      )
      .catch(() => undefined);
  }
}

const isAnew = (replayed: true | undefined, delivery: number): boolean => replayed === true && delivery === 1;

const text = (error: unknown): string => String(error).slice(0, MAX_ERROR).replaceAll('\0', '�');
