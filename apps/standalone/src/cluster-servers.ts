import { servicePermissions } from '@noema/events';
import {
  freePorts,
  natsServer,
  type NatsUser,
  S3_PORTS,
  s3Server,
  type ServerSpec,
} from '@noema/local-servers';
import type { DataDirectory } from './data-directory.js';
import { BUS_OPERATOR, type Secrets, servicePassword, STORE_ACCESS_KEY } from './secrets.js';
import { SERVICES } from './service-catalog.js';

/** The servers that a cluster has in addition to PostgreSQL, and the settings by which services find them. */
export interface ClusterServers {
  readonly specs: readonly ServerSpec[];
  readonly env: Readonly<Record<string, string>>;
  /** Keys of the store, for the services that use it. */
  readonly storeKeys: Readonly<Record<string, string>>;
}

export interface ClusterServersOptions {
  readonly directory: DataDirectory;
  readonly secrets: Secrets;
  /** NATS server to run instead of the one that `make servers` fetched. */
  readonly natsProgram?: string | undefined;
}

/** Bucket of the whole installation; each team has a prefix in it. */
const BUCKET = 'noema';

/**
 * NATS with JetStream and SeaweedFS on free ports of 127.0.0.1, their data in the data directory. Throws
 * `precondition` SERVER_PROGRAM_MISSING.
 */
export async function clusterServers({
  directory,
  secrets,
  natsProgram,
}: ClusterServersOptions): Promise<ClusterServers> {
  const [nats = 0, ...s3] = await freePorts(1 + S3_PORTS);
  const endpoint = `http://127.0.0.1:${s3[0]}`;
  const folders = { nats: directory.of('nats'), s3: directory.of('s3') };
  const [bus, store] = await Promise.all([
    natsServer({
      port: nats,
      directory: folders.nats,
      users: busUsers(secrets),
      ...(natsProgram !== undefined && { program: natsProgram }),
    }),
    s3Server({
      ports: s3,
      directory: folders.s3,
      accessKey: STORE_ACCESS_KEY,
      secretKey: secrets.storeSecretKey,
    }),
  ]);
  return {
    specs: [bus, store],
    env: {
      NOEMA_BUS_URL: `nats://127.0.0.1:${nats}`,
      NOEMA_STORE_URL: `s3://${BUCKET}?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1&path_style=true`,
      NOEMA_STORE_PUBLIC_ENDPOINT: endpoint,
    },
    storeKeys: { NOEMA_STORE_ACCESS_KEY: STORE_ACCESS_KEY, NOEMA_STORE_SECRET_KEY: secrets.storeSecretKey },
  };
}

/** A user for each service with its rights, and one for people. */
const busUsers = (secrets: Secrets): NatsUser[] => [
  ...SERVICES.map(({ name }) => ({
    user: name,
    password: servicePassword(secrets, 'nats', name),
    permissions: servicePermissions(name),
  })),
  { user: BUS_OPERATOR, password: servicePassword(secrets, 'nats', BUS_OPERATOR) },
];
