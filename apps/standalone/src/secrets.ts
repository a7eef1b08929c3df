import { createHmac, randomBytes } from 'node:crypto';
import { generateSigningKey, mergeKeySets, type SigningKey } from '@noema/auth';
import { readJson, writeJson } from './data-directory.js';
import { secretsLost } from './platform.errors.js';
import { SERVICES, WORKSPACE } from './service-catalog.js';

/** Secrets that the platform makes once and keeps: they never leave the machine. */
export interface Secrets {
  readonly postgresPassword: string;
  /** Seed of the passwords of services at PostgreSQL and NATS; it stays with the supervisor. */
  readonly passwordSeed: string;
  /** Signs tokens of anybody; only the workspace and the gateway have it. */
  readonly signingKey: SigningKey;
  /** Each signs only as the service that it is named after. */
  readonly serviceKeys: Readonly<Record<string, SigningKey>>;
  /** Seals the secrets of teams: 32 bytes in base64. */
  readonly secretsKey: string;
  /** Seals the sessions of browsers: 32 bytes in base64. */
  readonly sessionSecret: string;
  /** Secret key of the S3 server, where there is one. */
  readonly storeSecretKey: string;
}

/**
 * Reads the secrets of the directory; what is missing there is made: all at the first start, the new ones
 * after an update. Throws `precondition` SECRETS_LOST, and writes nothing, when the file is damaged, or
 * missing next to a database that was made with it.
 */
export async function loadSecrets(path: string, databaseExists = false): Promise<Secrets> {
  const kept = await readJson<Partial<Secrets>>(path).catch((error: unknown) => {
    if (error instanceof SyntaxError) throw secretsLost(path, 'is damaged', error);
    throw error;
  });
  if (kept === undefined && databaseExists) throw secretsLost(path, 'is missing');
  const secrets = { ...(await newSecrets()), ...kept };
  if (kept === undefined || Object.keys(secrets).some((name) => !(name in kept)))
    await writeJson(path, secrets);
  return secrets;
}

/**
 * Password of a service's user at a server. The same for all processes of the service and no help in finding
 * that of another one.
 */
export const servicePassword = (
  { passwordSeed }: Pick<Secrets, 'passwordSeed'>,
  server: 'postgres' | 'nats',
  service: string,
): string => createHmac('sha256', passwordSeed).update(`${server} ${service}`).digest('base64url');

/** Access key of the S3 server; its secret key is among the secrets. */
export const STORE_ACCESS_KEY = 'noema';

/** The user of NATS that may do everything there; for people and for the doctor. */
export const BUS_OPERATOR = 'operator';

/** `user:password` for the NATS of a cluster. */
export const busCredentials = (secrets: Pick<Secrets, 'passwordSeed'>, user: string): string =>
  `${user}:${servicePassword(secrets, 'nats', user)}`;

/** The key set that verifies what the platform's processes sign. */
export const toKeySet = ({ signingKey, serviceKeys }: Pick<Secrets, 'signingKey' | 'serviceKeys'>): string =>
  mergeKeySets(signingKey.jwks, ...Object.values(serviceKeys).map(({ jwks }) => jwks));

const newServiceKeys = async (): Promise<Secrets['serviceKeys']> =>
  Object.fromEntries(
    await Promise.all(
      SERVICES.filter((service) => service !== WORKSPACE).map(
        async ({ name }) => [name, await generateSigningKey(name)] as const,
      ),
    ),
  );

const newSecrets = async (): Promise<Secrets> => ({
  postgresPassword: password(),
  passwordSeed: password(),
  signingKey: await generateSigningKey(),
  serviceKeys: await newServiceKeys(),
  secretsKey: key(),
  sessionSecret: key(),
  storeSecretKey: password(),
});

const password = (): string => randomBytes(24).toString('base64url');
const key = (): string => randomBytes(32).toString('base64');
