import { timestampNow } from '@bufbuild/protobuf/wkt';
import { AuditRecorded, type Outbox } from '@noema/events';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';
import { currentNote } from './call-note.js';

/**
 * Publishes audit entries in the transaction of the change. A call that may change data leaves one entry with
 * its first transaction that writes, so every change has an entry and every entry a change.
 */
export function keepAuditTrail(db: AnyDatabase, outbox: Outbox): void {
  db.beforeCommit(async () => {
    const note = currentNote();
    if (note === undefined || note.recorded || note.teamId !== db.teamId() || !(await hasWritten(db)))
      return undefined;
    const { subject, action, resource, details } = note;
    await outbox.publish(AuditRecorded, { subject, action, resource, details, recordTime: timestampNow() });
    return () => {
      note.recorded = true;
    };
  });
}

/** A transaction gets an id with its first write. */
async function hasWritten(db: AnyDatabase): Promise<boolean> {
  const { rows } = await sql<{
    wrote: boolean;
  }>`select pg_current_xact_id_if_assigned() is not null as wrote`.execute(db.tx());
  return rows[0]!.wrote;
}
