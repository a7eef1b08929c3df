import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = Buffer.from('noema session 1');

/** How long a session lasts at most. */
export const SESSION_LIFETIME_S = 30 * 24 * 3600;

/** Seals the API key of a session so that the gateway need not remember it: AES-256-GCM over the time and the key, a nonce of its own each time. */
export class SessionSeal {
  private readonly secret: Buffer;

  /** `secret` is 32 bytes in base64. */
  constructor(secret: string, private readonly nowMs: () => number = Date.now) {
    this.secret = Buffer.from(secret, 'base64');
  }

  /** What a cookie carries: base64url of nonce, tag and ciphertext. */
  seal(apiKey: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.secret, nonce).setAAD(PURPOSE);
    const text = Buffer.concat([cipher.update(JSON.stringify([Math.floor(this.nowMs() / 1000), apiKey]), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** The API key; `undefined` for a forgery, for what another secret has sealed, and for a session that is too old. */
  open(sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.secret, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(PURPOSE);
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      const [sinceS, apiKey] = JSON.parse(text) as [number, string];
      return this.nowMs() / 1000 - sinceS > SESSION_LIFETIME_S ? undefined : apiKey;
    } catch {
      return undefined;
    }
  }
}
