import type { ArtifactStore } from '@noema/artifacts';
import type { Bus, OutboxRelay } from '@noema/events';
import type { Logger } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

const EVERY_MS = 3_600_000;

/**
 * Retention of finished records in hours: published events and consumed messages for a replay, responses for
 * a retry.
 */
const KEEP_HOURS = { announced: 7 * 24, requests: 7 * 24, abandoned: 24 } as const;

export interface HousekeepingOptions {
  readonly db: AnyDatabase;
  readonly relay: OutboxRelay;
  readonly bus: Bus & { prune?(hours: number): Promise<number> };
  readonly store?: ArtifactStore;
  readonly logger: Logger;
}

/**
 * Deletes records past their retention: published events, delivered messages, responses of old requests, and
 * uploads of crashed writers.
 */
export async function cleanOnce({ db, relay, bus, store }: HousekeepingOptions): Promise<void> {
  await relay.prune(KEEP_HOURS.announced);
  await bus.prune?.(KEEP_HOURS.announced);
  await store?.sweepAbandoned(KEEP_HOURS.abandoned * 3_600_000);
  await db.runSystem(async () => {
    await sql`delete from request where created_at < now() - make_interval(hours => ${KEEP_HOURS.requests})`.execute(
      db.tx(),
    );
    await sql`delete from inbox where received_at < now() - make_interval(hours =>
      ${4 * KEEP_HOURS.announced})`.execute(db.tx());
    await sql`delete from inbox_failure where failed_at < now() - make_interval(hours =>
      ${4 * KEEP_HOURS.announced})`.execute(db.tx());
  });
}

/** Cleans up every hour, at a different time in each process. Returns the function that stops it. */
export function runHousekeeping(options: HousekeepingOptions): () => void {
  const clean = (): void => {
    cleanOnce(options).catch((error: unknown) => {
      options.logger.warn({ err: error }, 'old rows could not be removed; trying again in an hour');
    });
  };
  const timer = setInterval(clean, EVERY_MS * (0.9 + 0.2 * Math.random())).unref();
  return () => {
    clearInterval(timer);
  };
}
