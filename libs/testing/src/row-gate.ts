import { randomInt } from 'node:crypto';
import pg from 'pg';
import { waitFor } from './wait-for.js';

/** Writes of rows that wait until the test lets them pass. */
export interface RowGate {
  /** Resolves when a write waits at the gate. Its transaction is not committed. */
  reached(): Promise<void>;
  /** Lets all writes pass, from now on. PostgreSQL undoes the writes of a process that was killed at the gate. */
  open(): Promise<void>;
  /** Opens the gate and removes it. */
  close(): Promise<void>;
}

/**
 * Holds every insert into the table, `schema.name`, and every update of it, if the condition on `new` holds. So a
 * test knows that a worker is in the middle of its work, for as long as the test wants, whatever the machine does.
 * A statement waits for 30 s at most, by the settings of the services.
 */
export async function holdRows(adminUrl: string, table: string, when: string): Promise<RowGate> {
  const client = new pg.Client(adminUrl);
  client.on('error', () => undefined); // the server of a test that failed stops first
  await client.connect();
  const key = randomInt(1, 2 ** 31);
  const name = `hold_${key}`;
  await client.query(`select pg_advisory_lock(${key})`);
  await client.query(`create function ${name}() returns trigger language plpgsql as $$ begin
    perform pg_advisory_xact_lock_shared(${key}); return new; end $$`);
  await client.query(`create trigger ${name} before insert or update on ${table} for each row when (${when})
    execute function ${name}()`);
  const open = async (): Promise<void> => {
    await client.query(`select pg_advisory_unlock(${key}) from pg_locks where locktype = 'advisory'
      and objid = ${key} and granted and pid = pg_backend_pid()`);
  };
  return {
    reached: async () => {
      await waitFor(
        async () =>
          (
            await client.query(
              `select 1 from pg_locks where locktype = 'advisory' and objid = ${key} and not granted`,
            )
          ).rows.length > 0,
        { what: `a write of ${table} to wait at the gate`, timeoutMs: 150_000 },
      );
    },
    open,
    close: async () => {
      await open();
      await client.query(`drop function ${name}() cascade`);
      await client.end();
    },
  };
}
