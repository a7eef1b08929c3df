import { mkdir } from 'node:fs/promises';
import { freePorts, natsServer, S3_PORTS, s3Server, type ServerSpec } from '@noema/local-servers';
import type { DataDirectory } from './data-directory.js';
import type { Secrets } from './secrets.js';

/** The servers that a cluster has besides PostgreSQL, and the settings by which services find them. */
export interface ClusterServers {
  readonly specs: readonly ServerSpec[];
  readonly env: Readonly<Record<string, string>>;
}

export interface ClusterServersOptions {
  readonly directory: DataDirectory;
  readonly secrets: Secrets;
  /** NATS server to run instead of the one that `make servers` fetched. */
  readonly natsProgram?: string | undefined;
}

/** Bucket of the whole installation; each team has a prefix in it. */
const BUCKET = 'noema';
/** Access key of the S3 server; its secret key is among the secrets. */
export const STORE_ACCESS_KEY = 'noema';

/** NATS with JetStream and SeaweedFS on free ports of 127.0.0.1, their data in the data directory. Throws `precondition` SERVER_PROGRAM_MISSING. */
export async function clusterServers({ directory, secrets, natsProgram }: ClusterServersOptions): Promise<ClusterServers> {
  const [nats = 0, ...s3] = await freePorts(1 + S3_PORTS);
  const endpoint = `http://127.0.0.1:${s3[0]}`;
  const folders = { nats: directory.of('nats'), s3: directory.of('s3') };
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  return {
    specs: [
      natsServer({ port: nats, directory: folders.nats, ...(natsProgram !== undefined && { program: natsProgram }) }),
      s3Server({ ports: s3, directory: folders.s3, accessKey: STORE_ACCESS_KEY, secretKey: secrets.storeSecretKey }),
    ],
    env: {
      NOEMA_BUS_URL: `nats://127.0.0.1:${nats}`,
      NOEMA_STORE_URL: `s3://${BUCKET}?endpoint=${encodeURIComponent(endpoint)}&region=us-east-1&path_style=true`,
      NOEMA_STORE_PUBLIC_ENDPOINT: endpoint,
      NOEMA_STORE_ACCESS_KEY: STORE_ACCESS_KEY,
      NOEMA_STORE_SECRET_KEY: secrets.storeSecretKey,
    },
  };
}
