import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { Database, migrate } from '@noema/postgres';
import { eventsMigrations, eventType, type EventType, migrateBus } from '../src/index.js';

/** An event of a service `notes` whose body is just a text. */
export const NoteWritten: EventType<typeof StringValueSchema> = eventType(
  'notes',
  StringValueSchema,
  (body) => body.value,
);

/** Migrates outbox, inbox and bus and returns the URL of the service's role. */
export async function notesUrl(adminUrl: string): Promise<string> {
  await migrate({
    adminUrl,
    schema: 'notes',
    role: 'noema_notes',
    rolePassword: 'notes',
    directories: [eventsMigrations],
  });
  await migrateBus(adminUrl, 'noema_notes');
  const url = new URL(adminUrl);
  url.username = 'noema_notes';
  url.password = 'notes';
  return url.href;
}

/** A new connection may take seconds on a machine that runs other tests. */
export const connectNotes = (url: string): Database<unknown> =>
  Database.connect({ url, schema: 'notes', connectTimeoutMs: 30_000 });
