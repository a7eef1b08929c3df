import { randomBytes } from 'node:crypto';
import { generateSigningKey, mergeKeySets } from '@noema/auth';
import { BUS_USERS } from './bundled-nats.js';

export interface SecretOptions {
  /** Name of the Helm release; the bundled PostgreSQL is called after it. */
  readonly release: string;
  readonly namespace: string;
  /** `host:port/database` of the PostgreSQL; the bundled one when left out. */
  readonly database?: string;
}

interface Secret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData: Readonly<Record<string, string>>;
}

/** Every service that uses the bus has a schema, and no other. */
const WITH_SCHEMA = BUS_USERS;
const password = (): string => randomBytes(24).toString('base64url');
/** NATS reads it from a variable, as a value of its configuration: a letter first makes it a text. */
const busPassword = (): string => `p${randomBytes(24).toString('hex')}`;
const key = (): string => randomBytes(32).toString('base64');

/**
 * New Secrets as the charts expect them: keys that sign and seal, and for bundled servers their passwords.
 * Make them once: what is sealed opens with them only.
 */
export async function newSecrets({ release, namespace, database }: SecretOptions): Promise<Secret[]> {
  const secret = (name: string, stringData: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData,
  });
  const { jwks, privateKey } = await generateSigningKey();
  const serviceKeys = await Promise.all(
    WITH_SCHEMA.filter((service) => service !== 'workspace').map(
      async (service) => [service, await generateSigningKey(service)] as const,
    ),
  );
  const admin = password();
  const place = database ?? `${release}-postgres.${namespace}.svc:5432/noema`;
  return [
    secret('noema-auth', {
      jwks: mergeKeySets(jwks, ...serviceKeys.map(([, own]) => own.jwks)),
      'private-key': privateKey,
      'session-secret': key(),
      'secrets-key': key(),
      ...Object.fromEntries(serviceKeys.map(([service, own]) => [`${service}-private-key`, own.privateKey])),
    }),
    secret('noema-database', {
      'admin-password': admin,
      'admin-url': `postgres://postgres:${admin}@${place}`,
      ...Object.fromEntries(
        WITH_SCHEMA.map((service) => [
          `${service}-url`,
          `postgres://noema_${service}:${password()}@${place}`,
        ]),
      ),
    }),
    secret(
      'noema-bus',
      Object.fromEntries(
        BUS_USERS.flatMap((user) => {
          const own = busPassword();
          return [
            [`${user}-password`, own],
            [`${user}-credentials`, `${user}:${own}`],
          ];
        }),
      ),
    ),
    secret('noema-store', { 'access-key': 'noema', 'secret-key': password() }),
  ];
}
