import { type Environment, loadConfig } from '@noema/config';
import { DomainError } from '@noema/kernel';
import { createLogger } from '@noema/observability';
import { untilReachable } from '@noema/postgres';
import type * as z from 'zod';
import { migrateService } from './migrate-service.js';
import type { ServiceDefinition } from './service-definition.js';
import { migrationSettings } from './settings.js';
import { type RunningApp, startService, startWorker } from './start.js';

/** Exit codes of sysexits.h. By them a supervisor decides whether a restart may help. */
const EXIT = { config: 78, software: 70, failed: 1 } as const;

/**
 * The main function of a service's main.ts: start, serve, drain on SIGTERM or SIGINT, exit. A second signal
 * ends it at once.
 */
export const runService = <S extends z.ZodObject>(
  definition: ServiceDefinition<S>,
  env: Environment,
): Promise<void> => runProcess(definition.name, () => startService(definition, env));

/** The main function of a heavy service's worker.ts. */
export const runWorkerProcess = <S extends z.ZodObject>(
  definition: ServiceDefinition<S>,
  env: Environment,
): Promise<void> =>
  runProcess(`${definition.name} worker`, () => startWorker(definition, env, { ownsProcess: true }));

/**
 * The main function of migrate.ts of a service with a schema: waits until the database can be reached,
 * migrates and exits. Concurrent runs wait for each other.
 */
export async function runMigration<S extends z.ZodObject>(
  { name, migrations }: ServiceDefinition<S>,
  env: Environment,
): Promise<void> {
  try {
    const { databaseAdminUrl, databaseUrl, databaseWaitMs, logLevel } = loadConfig(migrationSettings, env);
    const logger = createLogger({ service: `${name}-migration`, level: logLevel });
    const { host } = new URL(databaseAdminUrl);
    await untilReachable(
      () => migrateService({ name, migrations, adminUrl: databaseAdminUrl, url: databaseUrl }),
      {
        limitMs: databaseWaitMs,
        onWait: (reason) =>
          logger.warn({ reason, limitMs: databaseWaitMs }, `waiting for PostgreSQL at ${host}`),
      },
    );
    logger.info('the schema is up to date');
  } catch (error) {
    tell(`the schema of ${name} could not be brought up to date`, error, !(error instanceof DomainError));
    process.exit(toExitCode(error));
  }
}

/** The main function of a process that starts differently, such as the gateway. */
export async function runProcess(name: string, begin: () => Promise<RunningApp<unknown>>): Promise<void> {
  // After an uncaught error the state is unknown: log it, exit, and let the supervisor restart the process.
  const die =
    (what: string) =>
    (error: unknown): void => {
      tell(`${name}: ${what}`, error, true);
      process.exit(EXIT.software);
    };
  process.on('uncaughtException', die('uncaught exception'));
  process.on('unhandledRejection', die('unhandled rejection'));
  let stopping = false;
  const stopRequest = new Promise<void>((stop) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(EXIT.failed);
        stopping = true;
        stop();
      });
    }
  });
  let running: RunningApp<unknown>;
  try {
    running = await begin();
  } catch (error) {
    tell(`${name} does not start`, error, !(error instanceof DomainError));
    process.exit(toExitCode(error));
  }
  process.send?.('at work', () => undefined); // to a supervisor
  let code = 0;
  await Promise.race([stopRequest, running.finished ?? stopRequest]).catch((error: unknown) => {
    tell(`${name} cannot go on`, error, false);
    code = EXIT.software;
  });
  await running.close();
  process.exit(code);
}

const toExitCode = (error: unknown): number =>
  error instanceof DomainError && error.reason === 'CONFIG_INVALID' ? EXIT.config : EXIT.failed;

function tell(what: string, error: unknown, withStack: boolean): void {
  const text = error instanceof Error ? (withStack ? error.stack : error.message) : String(error);
  process.stderr.write(`${what}: ${text ?? ''}\n`);
}
