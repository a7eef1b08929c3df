import {
  BUS_OPERATOR,
  busCredentials,
  type DataDirectory,
  lockHolder,
  type PlatformState,
  readJson,
  type Secrets,
  STORE_ACCESS_KEY,
} from '@noema/standalone';
import { SERVICE_NAMES } from './schemas.js';
import type { Subject } from './subject.js';

/** The platform of a data directory: what its files say, and what runs. */
export async function subjectOfDirectory(directory: DataDirectory, engineBackend: string): Promise<Subject> {
  const [state, secrets, credentials, holder] = await Promise.all([
    quietly(readJson<PlatformState>(directory.state)),
    quietly(readJson<Partial<Secrets>>(directory.secrets)),
    quietly(readJson<{ api_key: string }>(directory.credentials)),
    lockHolder(directory.path),
  ]);
  const running = holder !== undefined && state !== undefined;
  const services = new Map<string, string[]>();
  for (const { name, address } of running ? state.services : []) {
    const service = name.replace(/-\d+$/, '');
    if (service !== 'gateway') services.set(service, [...(services.get(service) ?? []), address]);
  }
  return {
    directory,
    state,
    running,
    engineBackend,
    trustedIntegrations: running ? state.trustedIntegrations : undefined,
    services: Object.fromEntries(services),
    gateway: running ? { url: state.url, apiKey: credentials?.api_key } : undefined,
    database:
      running && secrets?.postgresPassword !== undefined
        ? {
            url: `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${state.postgres.port}/noema`,
            schemas: SERVICE_NAMES,
          }
        : undefined,
    bus: running
      ? {
          url: state.busUrl,
          ...(secrets?.passwordSeed !== undefined && {
            credentials: busCredentials({ passwordSeed: secrets.passwordSeed }, BUS_OPERATOR),
          }),
        }
      : undefined,
    store:
      state === undefined
        ? undefined
        : running || state.storeUrl.startsWith('file:')
          ? { url: state.storeUrl, accessKey: STORE_ACCESS_KEY, secretKey: secrets?.storeSecretKey }
          : undefined,
    keys: {
      jwks: secrets?.signingKey?.jwks,
      privateKey: secrets?.signingKey?.privateKey,
      secretsKey: secrets?.secretsKey,
      sessionSecret: secrets?.sessionSecret,
    },
  };
}

/** A damaged file is reported by a check of its own. */
const quietly = <T>(read: Promise<T | undefined>): Promise<T | undefined> => read.catch(() => undefined);
