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
}

/** Reads the secrets of the directory; at the first start they are made. */
export async function loadSecrets(path: string): Promise<Secrets> {
  const kept = await readJson<Secrets>(path);
  if (kept !== undefined) return kept;
  const made: Secrets = { postgresPassword: password(), rolePassword: password(), signingKey: await generateSigningKey(), secretsKey: randomBytes(32).toString('base64') };
  await writeJson(path, made);
  return made;
}

const password = (): string => randomBytes(24).toString('base64url');
