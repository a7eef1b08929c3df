import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** True for one secret of 32 bytes in base64, or several with commas between them. */
export const areSecrets = (text: string): boolean =>
  text.split(',').every((secret) => Buffer.from(secret, 'base64').length === 32);

/**
 * Seals small values that a browser stores for us: AES-256-GCM with a fresh nonce, bound to a purpose.
 */
export class Seal {
  private secrets: readonly Buffer[] = [];
  private readonly purpose: Buffer;

  /** `secrets` are 32 bytes in base64 each, with commas between them: the first seals, all open. */
  constructor(secrets: string, purpose: string) {
    this.purpose = Buffer.from(purpose);
    this.replaceSecrets(secrets);
  }

  /**
   * Seals and opens with other secrets from now on. Throws if one has not 32 bytes, and keeps the old ones then.
   */
  replaceSecrets(secrets: string): void {
    if (!areSecrets(secrets)) throw new Error('a secret of sessions is not 32 bytes in base64');
    this.secrets = secrets.split(',').map((secret) => Buffer.from(secret, 'base64'));
  }

  /** Returns nonce, tag and ciphertext of the value's JSON, in base64url. */
  seal(value: unknown): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.secrets[0]!, nonce).setAAD(this.purpose);
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /**
   * Returns the value; `undefined` for a forgery, for another purpose, and if no secret fits.
   */
  open(sealed: string): unknown {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    for (const secret of this.secrets) {
      try {
        const decipher = createDecipheriv(ALGORITHM, secret, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        }).setAAD(this.purpose);
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return JSON.parse(
          Buffer.concat([
            decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
            decipher.final(),
          ]).toString('utf8'),
        ) as unknown;
      } catch {
        // sealed with another secret, or forged
      }
    }
    return undefined;
  }
}
