import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceUrl } from '@noema/host';
import type { Secrets } from './secrets.js';

export interface EnvironmentOptions {
  readonly name: string;
  readonly adminUrl: string;
  /** Settings that say where store and bus are, and what user code runs in. */
  readonly ground: Readonly<Record<string, string>>;
  readonly secrets: Secrets;
  /** `host:port` of each replica by service. */
  readonly addresses: Addresses;
  readonly logLevel: string;
  /** Threads that run a model in one of the service's workers. */
  readonly engineThreads: number;
  /** Shards that one of the service's workers runs at the same time. */
  readonly shardsAtOnce: number;
}

/** Settings that whoever starts the platform may give to all of its services. */
const PASSED = [
  'NOEMA_ENGINE_BACKEND', 'NOEMA_ENGINE_THREADS', 'NOEMA_INTEGRATION_ISOLATION', 'NOEMA_OTLP_ENDPOINT', 'NOEMA_RESIDENT_BYTES', 'NOEMA_TRACE_RATIO', 'NOEMA_WORKER_CONCURRENCY', 'NOEMA_WORKER_LEASE_MS',
];

/** Where each replica of each service listens. */
export type Addresses = Readonly<Record<string, readonly string[]>>;

/** The settings of a service or worker, as a cluster would give them: only URLs differ. */
export function serviceEnvironment({ name, adminUrl, ground, secrets, addresses, logLevel, engineThreads, shardsAtOnce }: EnvironmentOptions): Record<string, string> {
  return {
    NOEMA_LOG_LEVEL: logLevel,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, name, secrets.rolePassword),
    ...ground,
    NOEMA_SERVICES: Object.entries(addresses).flatMap(([service, replicas]) => replicas.map((address) => `${service}=${address}`)).join(','),
    NOEMA_AUTH_JWKS: secrets.signingKey.jwks,
    NOEMA_AUTH_PRIVATE_KEY: secrets.signingKey.privateKey,
    NOEMA_SECRETS_KEY: secrets.secretsKey, NOEMA_ADMINS_SET_QUOTAS: 'true',
    NOEMA_ENGINE_THREADS: String(engineThreads), NOEMA_WORKER_CONCURRENCY: String(shardsAtOnce),
    ...Object.fromEntries(PASSED.flatMap((passed) => { const value = process.env[passed]; return value === undefined ? [] : [[passed, value]]; })),
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
  };
}

/** What the gateway is told besides: where to listen, what seals sessions, and where the page lies when it is built. */
export function gatewayEnvironment({ port, secrets }: { readonly port: number; readonly secrets: Secrets }): Record<string, string> {
  const page = fileURLToPath(new URL('./dist/page/', import.meta.resolve('@noema/web/package.json')));
  return {
    NOEMA_HTTP_ADDRESS: `127.0.0.1:${port}`,
    NOEMA_SESSION_SECRET: secrets.sessionSecret,
    ...(existsSync(join(page, 'index.html')) && { NOEMA_PAGE_DIR: page }),
  };
}
