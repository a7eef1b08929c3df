import { DomainError, isRetryable } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { BusMessage, ConsumerSpec } from './bus.js';
import { maxDeliveries } from './consumer-limits.js';

/** Maximum length of an error text that is stored. */
const MAX_ERROR = 2_048;

interface InboxRow {
  readonly first: boolean;
  readonly deliveries: number | null;
  readonly error: string | null;
}

/**
 * Records in Postgres which messages one consumer has handled. Neither a second delivery nor a bus that lost
 * its data undoes it.
 */
export class Inbox {
  constructor(
    private readonly db: AnyDatabase,
    private readonly consumer: Pick<ConsumerSpec, 'name' | 'maxDeliveries'>,
  ) {}

  /**
   * Records the message in the ambient transaction of its effect. Returns false if it was recorded before.
   * Throws `precondition` DELIVERIES_SPENT if it has failed its maximum number of deliveries, which the bus
   * may have forgotten.
   */
  async admit({ id, teamId, replayed }: BusMessage, delivery: number): Promise<boolean> {
    const { name } = this.consumer;
    const { rows } = await sql<InboxRow>`
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
   * Counts a failed delivery in a separate transaction. If that fails, the count of the bus still applies.
   */
  async failed({ id, teamId, replayed }: BusMessage, delivery: number, error: unknown): Promise<void> {
    const { name } = this.consumer;
    if (error instanceof DomainError && error.reason === 'DELIVERIES_SPENT') return;
    // An error that a retry cannot resolve ends the deliveries.
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
