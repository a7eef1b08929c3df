import type { JsonValue } from '@bufbuild/protobuf';
import { isRetryable } from '@noema/kernel';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import type { BusMessage, ConsumerSpec } from '../bus.js';
import { ackWaitMs, maxDeliveries } from '../consumer-limits.js';

export interface MessageRow {
  readonly seq: string;
  readonly id: string;
  readonly team_id: string;
  readonly event: string;
  readonly subject: string;
  readonly body: JsonValue;
  readonly traceparent: string | null;
  readonly time: Date;
  readonly replays?: number;
}

export const toMessage = (row: MessageRow): BusMessage => ({
  id: row.id,
  teamId: row.team_id,
  event: row.event,
  subject: row.subject,
  time: row.time,
  body: row.body,
  ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  ...((row.replays ?? 0) === 0 ? {} : { replayed: true as const }),
});

/** One delivery that this process owns until the acknowledgement deadline. */
export interface Claimed {
  readonly seq: string;
  readonly token: string;
  readonly attempt: number;
  readonly message: BusMessage;
}

/**
 * Claims the next due delivery, by database time, so that local clocks do not matter. A message whose
 * consumer crashed at every delivery becomes dead here.
 */
export function claim(db: AnyDatabase, consumer: ConsumerSpec, token: string): Promise<Claimed | undefined> {
  return db.runSystem(async () => {
    const { rows } = await sql<MessageRow & { attempt: number; state: string }>`
      with next as (
        select consumer, seq from bus.delivery
        where consumer = ${consumer.name} and state = 'pending' and visible_at <= now()
        order by seq limit 1 for update skip locked)
      update bus.delivery d
      set attempt = d.attempt + 1, token = ${token}, visible_at = now() + make_interval(secs =>
        ${ackWaitMs(consumer) / 1_000}),
          state = case when d.attempt >= ${maxDeliveries(consumer)} then 'dead' else 'pending' end,
          error = case when d.attempt >= ${maxDeliveries(consumer)} then coalesce(d.error,
            'its consumer never answered') else d.error end
      from next, bus.message m
      where d.consumer = next.consumer and d.seq = next.seq and m.seq = next.seq
      returning m.*, d.attempt, d.state, d.replays`.execute(db.tx());
    const row = rows[0];
    if (row === undefined) return undefined;
    if (row.state === 'dead') return claim(db, consumer, token);
    return { seq: row.seq, token, attempt: row.attempt, message: toMessage(row) };
  });
}

export async function acknowledge(db: AnyDatabase, consumer: string, { seq, token }: Claimed): Promise<void> {
  await db.runSystem(() =>
    sql`
    update bus.delivery set state = 'done', error = null where consumer = ${consumer} and seq = ${seq} and
      token = ${token}`.execute(db.tx()),
  );
}

/** Resets the acknowledgement deadline. */
export async function prolong(
  db: AnyDatabase,
  consumer: ConsumerSpec,
  { seq, token }: Claimed,
): Promise<void> {
  await db.runSystem(() =>
    sql`
    update bus.delivery set visible_at = now() + make_interval(secs => ${ackWaitMs(consumer) / 1_000}) where
      consumer = ${consumer.name} and seq = ${seq} and token = ${token} and state = 'pending'`.execute(
      db.tx(),
    ),
  );
}

/** Schedules the delivery again with a growing delay, or marks it as dead. Returns whether it is dead. */
export async function reject(
  db: AnyDatabase,
  consumer: ConsumerSpec,
  { seq, token, attempt }: Claimed,
  error: unknown,
): Promise<boolean> {
  const dead = !isRetryable(error) || attempt >= maxDeliveries(consumer);
  const seconds = Math.min(60, 0.05 * 2 ** attempt);
  await db.runSystem(() =>
    sql`
    update bus.delivery set state = ${dead ? 'dead' : 'pending'}, visible_at = now() + make_interval(secs =>
      ${seconds}), token = null, error = ${String(error)}
    where consumer = ${consumer.name} and seq = ${seq} and token = ${token}`.execute(db.tx()),
  );
  return dead;
}
