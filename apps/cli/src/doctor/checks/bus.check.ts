import { catalog, openBus } from '@noema/events';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { type Answer, type Check, fail, ok, warn } from '../finding.js';
import { SERVICE_NAMES } from '../schemas.js';
import type { Subject } from '../subject.js';

const BEHIND = 1_000;

/** Whether the bus answers, how far consumers are behind and what they gave up. */
export function busChecks({ bus, database }: Subject): Check[] {
  if (bus === undefined) return [];
  return [
    {
      name: 'bus',
      timeoutMs: 20_000,
      advice:
        'see whether the bus of NOEMA_BUS_URL runs and lets us in (NOEMA_BUS_CREDENTIALS, NOEMA_BUS_TLS_DIR)',
      look: () => checkBus(bus, database?.url),
    },
  ];
}

async function checkBus(
  { url, credentials, tlsDir }: NonNullable<Subject['bus']>,
  databaseUrl: string | undefined,
): Promise<Answer> {
  let db: Database<unknown> | undefined;
  const database = (): Database<unknown> =>
    (db ??= Database.connect<unknown>({
      url: databaseUrl ?? '',
      schema: 'bus',
      maxConnections: 2,
      connectTimeoutMs: 8_000,
      applicationName: 'noema-doctor',
    }));
  const bus = openBus(url, { database, credentials, tlsDir, name: 'noema-doctor', logger: silentLogger });
  try {
    await bus.ping();
    const lags = await bus.lag(catalog.flatMap(({ name }) => listConsumers(name)));
    const dead = lags.filter((l) => l.dead > 0);
    const behind = lags.filter((l) => l.waiting > BEHIND);
    if (dead.length > 0)
      return fail(
        dead.map((l) => `${l.consumer} gave up ${l.dead} events`).join('; '),
        'what they should have caused did not happen: the log of the consuming service has the reason; ' +
          'cure it, then replay them',
      );
    if (behind.length > 0)
      return warn(
        behind.map((l) => `${l.consumer} is ${l.waiting} events behind`).join('; '),
        'see whether its service runs, and how long it handles an event',
      );
    return ok(
      `${url.startsWith('postgres:') ? 'in Postgres' : url.replace(/\?.*/, '')} answers, nothing was ` +
        `given up, ${lags.reduce((sum, l) => sum + l.waiting, 0)} events wait`,
    );
  } finally {
    await bus.close();
    await db?.close();
  }
}

/** Names that consumers of an event may have, `<service>__<event>`; the bus knows some of them. */
function listConsumers(event: string): { readonly name: string; readonly event: string }[] {
  const snake = event
    .slice(event.indexOf('.') + 1)
    .replaceAll(/(?<!^)[A-Z]/g, (c) => `_${c}`)
    .toLowerCase();
  return SERVICE_NAMES.map((service) => ({ name: `${service}__${snake}`, event }));
}
