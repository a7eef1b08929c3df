import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { secretsDisabled } from '../domain/secret.errors.js';
import type { SecretSealer } from '../domain/secret.ports.js';

const [NONCE, TAG] = [12, 16];

/** AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce; sealed bytes are nonce, tag, ciphertext. */
export class AesSealer implements SecretSealer {
  private readonly key: Buffer | undefined;

  /** Takes 32 bytes in base64, or nothing, and then refuses to seal. */
  constructor(key: string | undefined) {
    this.key = key === undefined ? undefined : Buffer.from(key, 'base64');
  }

  seal(value: string, context: string): Uint8Array {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.need(), nonce).setAAD(Buffer.from(context));
    const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** Throws when the bytes were changed, or sealed with another key or context. */
  open(sealed: Uint8Array, context: string): string {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv('aes-256-gcm', this.need(), bytes.subarray(0, NONCE)).setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  }

  private need(): Buffer {
    if (this.key === undefined) throw secretsDisabled();
    return this.key;
  }
}
