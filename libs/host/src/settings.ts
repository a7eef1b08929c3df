import { decimal, flag, integer, json, secret, text } from '@noema/config';
import { LOG_LEVELS } from '@noema/observability';
import * as z from 'zod';

const addresses = () =>
  z
    .string()
    .regex(
      /^$|^[a-z]+=[^=,\s]+:\d+(,[a-z]+=[^=,\s]+:\d+)*$/,
      'is not written as name=host:port,name=host:port',
    )
    .transform(byName);

/**
 * A name that occurs several times has several addresses. grpc-js balances calls over a list of IPv4
 * addresses.
 */
function byName(list: string): Readonly<Record<string, string>> {
  const found = new Map<string, string[]>();
  for (const pair of list.split(',').filter((text) => text !== '')) {
    const [name, address] = pair.split('=') as [string, string];
    found.set(name, [...(found.get(name) ?? []), address]);
  }
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, all.length === 1 ? all[0]! : `ipv4:${all.join(',')}`]),
  );
}

const hostAndPort = () =>
  text().regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, 'is not written as host:port');

/** Settings of monitoring. */
export const monitoringSettings = z.object({
  metricsAddress: hostAndPort()
    .optional()
    .describe('`host:port` that answers `/metrics`, `/livez` and `/readyz`; not served without it'),
  otlpEndpoint: text()
    .refine((url) => /^https?:\/\//.test(url) && URL.canParse(url), 'is no http or https URL')
    .optional()
    .describe(
      'URL of an OpenTelemetry collector that takes traces by OTLP over HTTP, such as ' +
        '`http://collector:4318`; without it traces are not exported',
    ),
  traceRatio: decimal({ min: 0, max: 1 })
    .prefault('1')
    .describe(
      'part of the traces that begin here and are exported, 0 to 1; a trace that began elsewhere keeps ' +
        'its decision',
    ),
});

/** Settings of every process of Noema. */
export const processSettings = z.object({
  ...monitoringSettings.shape,
  logLevel: z
    .enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .describe('least important line to log'),
  services: addresses()
    .prefault('')
    .describe('where the other services listen: `datasets=host:port,training=host:port`'),
  authPrivateKey: secret(
    json()
      .optional()
      .describe('Ed25519 JWK that signs tokens; needed to sign people in and to call other services'),
  ),
  tlsDir: text()
    .optional()
    .describe(
      'directory with `tls.crt`, `tls.key` and `ca.crt` for calls between services; without it they are ' +
        'not encrypted',
    ),
  reloadMs: integer({ min: 20, max: 3_600_000 })
    .default(10_000)
    .describe('milliseconds between looks at the files of keys and certificates'),
});

/** Settings of a gRPC server. */
export const serverSettings = z.object({
  grpcAddress: text().default('127.0.0.1:0').describe('`host:port` to listen on; port 0 takes a free one'),
  authJwks: json().describe('JWK set that verifies tokens'),
  drainMs: integer({ min: 0, max: 600_000 })
    .default(5000)
    .describe('milliseconds that live calls may go on after SIGTERM'),
  maxConnectionAgeMs: integer({ min: 1000, max: 86_400_000 })
    .default(300_000)
    .describe('milliseconds after which clients reconnect, and so find new instances'),
});

/** Settings of a service with a schema. Its bus and outbox are in the same database. */
export const databaseSettings = z.object({
  databaseUrl: secret(text().describe("PostgreSQL URL of the service's own role")),
  databaseAdminUrl: secret(
    text()
      .optional()
      .describe('PostgreSQL URL of a role that may create schemas; when set, migrations run at start'),
  ),
  databaseConnections: integer({ min: 2, max: 200 }).default(8).describe('most connections of the pool'),
  busUrl: text()
    .default('postgres:')
    .describe(
      'bus that carries events: `postgres:` for the same database, or ' +
        '`nats://host:port[,nats://host:port][?replicas=3]`, `tls://` to encrypt',
    ),
  busCredentials: secret(
    text()
      .optional()
      .describe('who we are for NATS: text of a `.creds` file, an nkey seed, `user:password` or a token'),
  ),
  busTlsDir: text()
    .optional()
    .describe(
      'directory with `ca.crt` and, if NATS asks for a client certificate, `tls.crt` and `tls.key`, for ' +
        '`tls://`',
    ),
});

/** Settings of a migration, which runs before the new version of a service starts. */
export const migrationSettings = z.object({
  logLevel: processSettings.shape.logLevel,
  databaseUrl: databaseSettings.shape.databaseUrl,
  databaseAdminUrl: secret(text().describe('PostgreSQL URL of a role that may create schemas and roles')),
  databaseWaitMs: integer({ min: 0, max: 86_400_000 })
    .default(300_000)
    .describe(
      'milliseconds that a migration waits for a PostgreSQL that cannot be reached: its name is unknown, it ' +
        'rejects connections or does not answer',
    ),
});

/** Settings of a process that reads or writes artifacts. */
export const storeSettings = z.object({
  storeUrl: text().describe(
    'artifact store: `file:///directory` or ' +
      '`s3://bucket?endpoint=http://host:port&region=us-east-1&path_style=true`',
  ),
  storeAccessKey: text().optional().describe('access key of the S3 store'),
  storeSecretKey: secret(text().optional().describe('secret key of the S3 store')),
  storePublicEndpoint: text()
    .optional()
    .describe(
      '`http(s)://host:port` where clients reach the S3 store; when set, they get addresses there to ' +
        'download large artifacts from',
    ),
  storeCacheBytes: integer({ min: 0, max: 2 ** 50 })
    .default(2 ** 31)
    .describe('bytes on the local disk for copies of what was read from the S3 store; 0 for none'),
});

/** Settings of a process that claims shards of jobs. */
export const workerSettings = z.object({
  workerConcurrency: integer({ min: 1, max: 256 })
    .default(1)
    .describe('shards that a worker runs at the same time'),
  workerLeaseMs: integer({ min: 1000, max: 600_000 })
    .default(15_000)
    .describe('milliseconds after which a silent worker loses its shard'),
  workerShardTimeoutMs: integer({ min: 1000, max: 30 * 86_400_000 })
    .default(6 * 3_600_000)
    .describe(
      'milliseconds that a shard may run without committing progress, such as an epoch; then its job ' +
        'fails with SHARD_TIMED_OUT',
    ),
  workerYieldMs: integer({ min: 0, max: 86_400_000 })
    .default(30_000)
    .describe(
      'milliseconds that a team without a worker waits before a team that holds several gives one back',
    ),
  workerIdleExitMs: integer({ min: 0, max: 86_400_000 })
    .default(0)
    .describe(
      'milliseconds without work after which a worker ends with exit code 0, so that what scales ' +
        'workers may take it away; 0 for never',
    ),
});

/** Settings of a process that runs models. */
export const engineSettings = z.object({
  workerBytes: integer({ min: 2 ** 28, max: 2 ** 50 })
    .default(1.5 * 2 ** 30)
    .describe(
      'memory that a worker should stay within; batches are sized by it. A worker ends and is started anew ' +
        'if it holds more after a shard, more than a quarter of it after 15 s without work, or 16 MiB more ' +
        'than before its first shard after 2 min without work',
    ),
  engineThreads: integer({ min: 0, max: 256 })
    .default(0)
    .describe('threads that run the model in a worker; 0 for one per core'),
  engineBackend: text()
    .default('cpu')
    .describe('what runs the model; a worker fails if its machine does not have this device'),
});

/**
 * Returns the device for which a backend's time is counted: the processor, or a device that it uses
 * exclusively.
 */
export const toDevice = (engineBackend: string): string =>
  engineBackend === 'tensorflow' ? 'cpu' : engineBackend;

/** Whether user code may run without a sandbox. */
export const trustSettings = z.object({
  trustedIntegrations: flag()
    .default(false)
    .describe(
      "run integrations without a sandbox; only where every user is trusted, as on one's own machine",
    ),
});

/** Settings of a service's API. */
export const apiSettings = z.object({
  ...processSettings.shape,
  ...serverSettings.shape,
  ...databaseSettings.shape,
});

/** Settings of a heavy service, for its API and its workers. */
export const heavySettings = z.object({
  ...apiSettings.shape,
  ...storeSettings.shape,
  ...workerSettings.shape,
});

type Optional = z.output<typeof serverSettings> &
  z.output<typeof databaseSettings> &
  z.output<typeof storeSettings> &
  z.output<typeof workerSettings> &
  z.output<typeof engineSettings>;

/** The parts of a configuration that the host uses. A part that is missing is not provided. */
export type HostConfig = z.output<typeof processSettings> & {
  readonly [K in keyof Optional]?: Optional[K] | undefined;
};
