import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Environment, loadConfig, printable } from '@noema/config';
import { GrpcServer } from '@noema/grpc';
import { createLogger, type Logger, NestLogger } from '@noema/observability';
import type * as z from 'zod';
import { Host, type HostRole } from './host.js';
import { startMonitoring } from './monitoring.js';
import { createProbes } from './probes.js';
import { migrateService } from './migrate-service.js';
import type { ServiceDefinition } from './service-definition.js';
import type { HostConfig } from './settings.js';
import { WorkerLoop } from './worker-loop.js';

/** A running application. */
export interface RunningApp<C = HostConfig> {
  readonly name: string;
  readonly config: Readonly<C>;
  /** Address of the server, `host:port`. Empty for a worker. */
  readonly address: string;
  /** Address of metrics and probes, `host:port`. Empty if they are off. */
  readonly metricsAddress: string;
  readonly app: INestApplicationContext;
  /**
   * Resolves when a worker with an idle limit has had no work for that time. Rejects when its device is lost.
   */
  readonly finished?: Promise<void>;
  /** Drains and stops: no new work, running work finishes, connections close. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Replaces the logger of the configuration. */
  readonly logger?: Logger;
  /** True if the process does nothing else: a worker that holds too much memory may end it. */
  readonly ownsProcess?: boolean;
}

/**
 * Starts a service's API in this process. If settings, migrations or declarations are invalid, throws before
 * it accepts connections.
 */
export const startService = <S extends z.ZodObject>(
  definition: ServiceDefinition<S>,
  env: Environment,
  options: StartOptions = {},
): Promise<RunningApp<z.output<S>>> => start(definition, 'service', env, options);

/** Starts a worker of a heavy service in this process. */
export const startWorker = <S extends z.ZodObject>(
  definition: ServiceDefinition<S>,
  env: Environment,
  options: StartOptions = {},
): Promise<RunningApp<z.output<S>>> => start(definition, 'worker', env, options);

async function start<S extends z.ZodObject>(
  definition: ServiceDefinition<S>,
  role: HostRole,
  env: Environment,
  options: StartOptions,
): Promise<RunningApp<z.output<S>>> {
  const config = loadConfig(definition.settings, env) as z.output<S> & HostConfig;
  const { name } = definition;
  const logger =
    options.logger ??
    createLogger({ service: role === 'worker' ? `${name}-worker` : name, level: config.logLevel });
  const module = role === 'worker' ? definition.worker : definition.app;
  if (module === undefined) throw new Error(`${name} has no worker; only services with heavy work do`);
  logger.debug({ settings: printable(definition.settings, config) }, 'starting');
  if (role === 'service' && config.databaseUrl !== undefined && config.databaseAdminUrl !== undefined) {
    await migrateService({
      name,
      migrations: definition.migrations,
      adminUrl: config.databaseAdminUrl,
      url: config.databaseUrl,
    });
  }
  const host = new Host(name, role, config, logger, options.ownsProcess, definition.artifacts);
  const monitoring = await startMonitoring({ service: name, role, config, logger });
  try {
    const app = await NestFactory.createApplicationContext(module(host), {
      logger: new NestLogger(logger),
      abortOnError: false,
    });
    const listening =
      role === 'service'
        ? parseHost(config.grpcAddress) + `:${app.get(GrpcServer, { strict: false }).port}`
        : '';
    monitoring.watch(createProbes(host, app));
    logger.info(
      { address: listening, ...(monitoring.address !== '' && { metrics: monitoring.address }) },
      role === 'service' ? 'serving' : 'working',
    );
    return {
      name,
      config,
      address: listening,
      metricsAddress: monitoring.address,
      app,
      ...(role === 'worker' && { finished: app.get(WorkerLoop, { strict: false }).finished }),
      close: () => monitoring.around(() => app.close()),
    };
  } catch (error) {
    await monitoring.around(() => host.close());
    throw error;
  }
}

const parseHost = (address = '127.0.0.1:0'): string => address.slice(0, address.lastIndexOf(':'));
