import type { DescService } from '@bufbuild/protobuf';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import { createClient, type ServiceClient } from '@noema/grpc';
import { type Peer, startPeers } from './peers.js';
import { startPostgres, type TestPostgres } from './postgres.js';
import { startStore } from './test-store.js';
import { temporaryDirectory } from './temporary-directory.js';

interface Closable {
  close(): void | Promise<void>;
}

/** Who calls. */
export interface Caller {
  readonly address: string;
  readonly teamId: string;
  /** Role of the caller. Default: editor. */
  readonly role?: Role;
  /** Id of the member who calls. Default: ann. */
  readonly subject?: string;
}

/**
 * Environment of a service under test: a separate database and store, keys, and fakes of the services that it
 * calls.
 */
export interface Testbed {
  readonly adminUrl: string;
  readonly storeUrl: string;
  /**
   * Options of the store in addition to its URL; empty for files. It keeps no local copies, so that a test
   * that corrupts an object sees the effect.
   */
  readonly storeKeys: {
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly cacheBytes?: number;
  };
  /** Resulting settings of the service. The test adds the URL of its own role and NOEMA_SERVICES. */
  readonly env: Readonly<Record<string, string>>;
  /** A token of the team (default role: editor, default subject: ann). */
  signToken(teamId: string, role?: Role, subject?: string): Promise<string>;
  client<S extends DescService>(service: S, caller: Caller): ServiceClient<S>;
  /** Serves the peers under these service names; returns the value of NOEMA_SERVICES. */
  serve(names: readonly string[], peers: readonly Peer[]): Promise<string>;
  /** Registers an object to close with the testbed, last opened first. */
  opened<T extends Closable>(what: T): T;
  stop(): Promise<void>;
}

export interface TestbedOptions {
  /** PostgreSQL in which to create the database. Default: a separate server. */
  readonly postgres?: TestPostgres;
  /** Files, or a bucket of a real S3 server. Default: NOEMA_TEST_STORE, or files. */
  readonly store?: 'file' | 's3';
}

/** Creates a testbed. */
export async function startTestbed({
  postgres: shared,
  store: storeKind = process.env['NOEMA_TEST_STORE'] === 's3' ? 's3' : 'file',
}: TestbedOptions = {}): Promise<Testbed> {
  const [postgres, directory, key] = await Promise.all([
    shared ?? startPostgres(),
    temporaryDirectory(),
    generateSigningKey(),
  ]);
  const [adminUrl, store, signer] = [
    await postgres.createDatabase(),
    await startStore(storeKind, directory.path),
    new TokenSigner({ privateKey: key.privateKey }),
  ];
  const { storeUrl, storeKeys } = store;
  const open: Closable[] = [];
  const opened = <T extends Closable>(what: T): T => {
    open.push(what);
    return what;
  };
  const signToken = async (teamId: string, role: Role = 'editor', subject = 'ann'): Promise<string> =>
    (await signer.sign({ teamId, subject, role })).token;
  return {
    adminUrl,
    storeUrl,
    storeKeys,
    signToken,
    opened,
    env: {
      NOEMA_DATABASE_ADMIN_URL: adminUrl,
      ...store.env,
      NOEMA_AUTH_JWKS: key.jwks,
      NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
      NOEMA_LOG_LEVEL: 'silent',
    },
    client: (service, { address, teamId, role, subject }) =>
      opened(
        createClient(service, {
          address,
          token: () => signToken(teamId, role, subject),
          timeoutMs: 60_000,
        }),
      ),
    serve: async (names, peers) => {
      const { address } = opened(await startPeers(key.jwks, peers));
      return names.map((name) => `${name}=${address}`).join(',');
    },
    stop: async () => {
      for (const what of open.reverse()) await what.close();
      await Promise.all([shared === undefined ? postgres.stop() : undefined, store.stop()]);
      await directory.remove();
    },
  };
}
