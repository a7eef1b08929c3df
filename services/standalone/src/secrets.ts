import { randomBytes } from 'node:crypto';
import { generateSigningKey, type SigningKey } from '@noema/auth';
import { readJson, writeJson } from './data-directory.js';

/** What the platform makes once and keeps: it never leaves the machine. */
export interface Secrets {
  readonly postgresPassword: string;
  /** Password of every service's database role. */
  readonly rolePassword: string;
  readonly signingKey: SigningKey;
  /** Seals the secrets of teams: 32 bytes in base64. */
  readonly secretsKey: string;
  /** Seals the sessions of browsers: 32 bytes in base64. */
  readonly sessionSecret: string;
  /** Secret key of the S3 server, where there is one. */
  readonly storeSecretKey: string;
}

/** Reads the secrets of the directory; what is missing there is made: all at the first start, the new ones after an update. */
export async function loadSecrets(path: string): Promise<Secrets> {
  const kept = await readJson<Partial<Secrets>>(path);
  const secrets = { ...(await newSecrets()), ...kept };
  if (kept === undefined || Object.keys(secrets).some((name) => !(name in kept))) await writeJson(path, secrets);
  return secrets;
}

const newSecrets = async (): Promise<Secrets> => ({
  postgresPassword: password(), rolePassword: password(), signingKey: await generateSigningKey(), secretsKey: key(), sessionSecret: key(), storeSecretKey: password(),
});

const password = (): string => randomBytes(24).toString('base64url');
const key = (): string => randomBytes(32).toString('base64');
