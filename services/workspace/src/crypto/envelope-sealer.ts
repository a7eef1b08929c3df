import { createHmac, randomBytes } from 'node:crypto';
import { secretsDisabled, secretUnreadable } from '../secret/secret.errors.js';
import type { SealedValue, SecretOwner, SecretSealer } from '../secret/secret.ports.js';
import { decrypt, encrypt } from './aes-gcm.js';
import type { KeyRing, WrappingKey } from './key-ring.js';

const valueContext = ({ teamId, secretId }: SecretOwner): string => `noema secret 2\0${teamId}\0${secretId}`;
const keyContext = (owner: SecretOwner, keyId: string): string =>
  `noema secret key 2\0${owner.teamId}\0${owner.secretId}\0${keyId}`;

/**
 * Envelopes: each value is sealed by a key of its own, which a key of the ring wraps; both are bound to team
 * and secret. AES-256-GCM.
 */
export class EnvelopeSealer implements SecretSealer {
  constructor(private readonly ring: KeyRing) {}

  get keyId(): string {
    return this.current().id;
  }

  mark(value: string): string {
    return createHmac('sha256', this.current().key).update('noema secret mark\0').update(value).digest('hex');
  }

  seal(value: string, owner: SecretOwner): SealedValue {
    const dataKey = randomBytes(32);
    return {
      ...this.wrap(dataKey, owner),
      sealed: encrypt(dataKey, Buffer.from(value, 'utf8'), valueContext(owner)),
    };
  }

  open(value: SealedValue, owner: SecretOwner): string {
    if (value.keyId === undefined) return this.openOld(value, owner);
    return this.attempt(owner, value.keyId, () =>
      decrypt(this.unwrap(value, owner), value.sealed, valueContext(owner)).toString('utf8'),
    );
  }

  rewrap(value: SealedValue, owner: SecretOwner): SealedValue {
    if (value.keyId === undefined) return this.seal(this.openOld(value, owner), owner);
    return {
      ...this.attempt(owner, value.keyId, () => this.wrap(this.unwrap(value, owner), owner)),
      sealed: value.sealed,
    };
  }

  private wrap(dataKey: Uint8Array, owner: SecretOwner): Pick<SealedValue, 'keyId' | 'wrappedKey'> {
    const { id, key } = this.current();
    return { keyId: id, wrappedKey: encrypt(key, dataKey, keyContext(owner, id)) };
  }

  private unwrap({ keyId = '', wrappedKey = new Uint8Array() }: SealedValue, owner: SecretOwner): Uint8Array {
    const found = this.ring.find(keyId);
    if (found === undefined) throw secretUnreadable(owner.secretId, keyId);
    return decrypt(found.key, wrappedKey, keyContext(owner, keyId));
  }

  /**
   * Before envelopes a value was sealed by the one key itself, bound to the secret's id; nothing says which
   * key that was.
   */
  private openOld({ sealed }: SealedValue, owner: SecretOwner): string {
    this.current();
    for (const { key } of this.ring.keys) {
      try {
        return decrypt(key, sealed, owner.secretId).toString('utf8');
      } catch {
        continue;
      }
    }
    throw secretUnreadable(owner.secretId, '');
  }

  private attempt<T>(owner: SecretOwner, keyId: string, work: () => T): T {
    this.current();
    try {
      return work();
    } catch (error) {
      throw secretUnreadable(owner.secretId, keyId, error);
    }
  }

  private current(): WrappingKey {
    const { current } = this.ring;
    if (current === undefined) throw secretsDisabled();
    return current;
  }
}
