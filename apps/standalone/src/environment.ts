import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Setting, listSettings } from '@noema/config';
import { serviceUrl } from '@noema/host';
import type * as z from 'zod';
import { ALLOCATOR } from './allocator.js';
import { busCredentials, toKeySet, type Secrets, servicePassword } from './secrets.js';
import { GATEWAY, WORKSPACE } from './service-catalog.js';

export interface EnvironmentOptions {
  readonly name: string;
  /** Settings of the service, from which follows what of the starter's environment reaches it. */
  readonly settings: z.ZodObject;
  readonly adminUrl: string;
  /**
   * Settings of the bus, of the store, and of what user code runs in; keys of the store are not among them.
   */
  readonly ground: Readonly<Record<string, string>>;
  /** Keys of the store, where it needs some. */
  readonly storeKeys: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  /** `host:port` of each replica by service. */
  readonly addresses: Addresses;
  readonly logLevel: string;
  /** Threads that run a model in one of the service's workers. */
  readonly engineThreads: number;
  /** Shards that one of the service's workers runs at the same time. */
  readonly shardsAtOnce: number;
  /** Time without work after which one of the service's workers ends; 0 for never. */
  readonly idleExitMs: number;
}

/**
 * Settings that the set-up alone decides, whatever the environment of its starter says: where things are, who
 * may do what, and what keeps teams apart.
 */
export const DECIDED: ReadonlySet<string> = new Set([
  'NOEMA_DATABASE_URL',
  'NOEMA_DATABASE_ADMIN_URL',
  'NOEMA_SERVICES',
  'NOEMA_AUTH_JWKS',
  'NOEMA_AUTH_PRIVATE_KEY',
  'NOEMA_SECRETS_KEY',
  'NOEMA_ADMINS_SET_QUOTAS',
  'NOEMA_SESSION_SECRET',
  'NOEMA_GRPC_ADDRESS',
  'NOEMA_HTTP_ADDRESS',
  'NOEMA_METRICS_ADDRESS',
  'NOEMA_TLS_DIR',
  'NOEMA_BUS_URL',
  'NOEMA_BUS_CREDENTIALS',
  'NOEMA_BUS_TLS_DIR',
  'NOEMA_STORE_URL',
  'NOEMA_STORE_ACCESS_KEY',
  'NOEMA_STORE_SECRET_KEY',
  'NOEMA_STORE_PUBLIC_ENDPOINT',
  'NOEMA_TRUSTED_INTEGRATIONS',
  'NOEMA_INTEGRATION_ROOTS',
  'NOEMA_LOG_LEVEL',
  'NOEMA_PAGE_DIR',
]);

/** The settings of a service, or the files they lie in, that the starter of the platform gives. */
function given(settings: readonly Setting[], environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = settings
    .filter(({ name }) => !DECIDED.has(name))
    .flatMap(({ name }) => [name, `${name}_FILE`]);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Settings of any service that the starter gives and the set-up decides otherwise. */
export const ignoredSettings = (environment: NodeJS.ProcessEnv): string[] =>
  [...DECIDED]
    .flatMap((name) => [name, `${name}_FILE`])
    .filter((name) => name !== 'NOEMA_LOG_LEVEL' && environment[name] !== undefined);

/** Where each replica of each service listens. */
export type Addresses = Readonly<Record<string, readonly string[]>>;

/**
 * The settings of a service or worker, as a cluster would give them: only URLs differ. Each gets what it
 * needs to be itself, and no secret of another one.
 */
export function serviceEnvironment({
  name,
  settings,
  adminUrl,
  ground,
  storeKeys,
  secrets,
  addresses,
  logLevel,
  engineThreads,
  shardsAtOnce,
  idleExitMs,
}: EnvironmentOptions): Record<string, string> {
  return {
    NOEMA_ENGINE_THREADS: String(engineThreads),
    NOEMA_WORKER_CONCURRENCY: String(shardsAtOnce),
    NOEMA_WORKER_IDLE_EXIT_MS: String(idleExitMs),
    // The sandbox check has chosen the isolation; all other proposals of the set-up may be changed by its
    // starter.
    ...ground,
    ...given(listSettings(settings), process.env),
    ...Object.fromEntries(Object.entries(ground).filter(([key]) => DECIDED.has(key))),
    NOEMA_LOG_LEVEL: logLevel,
    ...(name !== GATEWAY.name && {
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, name, servicePassword(secrets, 'postgres', name)),
    }),
    ...(name !== GATEWAY.name &&
      ground['NOEMA_BUS_URL'] !== undefined && { NOEMA_BUS_CREDENTIALS: busCredentials(secrets, name) }),
    ...(name !== GATEWAY.name && name !== WORKSPACE.name && storeKeys),
    NOEMA_SERVICES: Object.entries(addresses)
      .flatMap(([service, replicas]) => replicas.map((address) => `${service}=${address}`))
      .join(','),
    NOEMA_AUTH_JWKS: toKeySet(secrets),
    ...signingEnvironment(name, secrets),
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...ALLOCATOR,
  };
}

/**
 * The workspace signs people in and seals secrets; the others sign as themselves, and the gateway only where
 * people come from an identity provider.
 */
function signingEnvironment(
  name: string,
  { signingKey, serviceKeys, secretsKey }: Secrets,
): Record<string, string> {
  if (name === GATEWAY.name)
    return process.env['NOEMA_OIDC_ISSUER'] === undefined
      ? {}
      : { NOEMA_AUTH_PRIVATE_KEY: signingKey.privateKey };
  if (name === WORKSPACE.name)
    return {
      NOEMA_AUTH_PRIVATE_KEY: signingKey.privateKey,
      NOEMA_SECRETS_KEY: secretsKey,
      NOEMA_ADMINS_SET_QUOTAS: 'true',
    };
  return { NOEMA_AUTH_PRIVATE_KEY: serviceKeys[name]!.privateKey };
}

/**
 * Additional settings of the gateway: where to listen, what seals sessions, and where the page lies when it
 * is built.
 */
export function gatewayEnvironment({
  port,
  grpcPort,
  secrets,
}: {
  readonly port: number;
  readonly grpcPort: number;
  readonly secrets: Secrets;
}): Record<string, string> {
  const page = fileURLToPath(new URL('./dist/page/', import.meta.resolve('@noema/web/package.json')));
  return {
    NOEMA_HTTP_ADDRESS: `127.0.0.1:${port}`,
    NOEMA_GRPC_ADDRESS: `127.0.0.1:${grpcPort}`,
    NOEMA_SESSION_SECRET: secrets.sessionSecret,
    ...(existsSync(join(page, 'index.html')) && { NOEMA_PAGE_DIR: page }),
  };
}
