import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { WorkspaceConfig } from '../config.js';
import { secretsDisabled, secretUnreadable } from '../secret/secret.errors.js';
import { decrypt, encrypt } from './aes-gcm.js';
import { KeyRing, type WrappingKey } from './key-ring.js';

/** A value in its envelope. */
export interface SealedValue {
  /** Which key wraps the value's own key; `undefined` for a value from before there were envelopes. */
  readonly keyId: string | undefined;
  readonly wrappedKey: Uint8Array | undefined;
  readonly sealed: Uint8Array;
}

/** Whose a value is; bound to it, so that one that was moved to another row does not open. */
export interface SecretOwner {
  readonly teamId: string;
  readonly secretId: string;
}

const valueContext = ({ teamId, secretId }: SecretOwner): string => `noema secret 2\0${teamId}\0${secretId}`;
const keyContext = (owner: SecretOwner, keyId: string): string =>
  `noema secret key 2\0${owner.teamId}\0${owner.secretId}\0${keyId}`;

/**
 * Seals values so that whoever reads the database learns nothing: a key of its own seals each value, and a key
 * of the ring wraps that key; both are bound to team and secret. AES-256-GCM. Every method throws
 * `precondition` SECRETS_DISABLED without a key.
 */
@Injectable()
export class EnvelopeSealer {
  private readonly ring: KeyRing;

  constructor(@Inject(SETTINGS) settings: Pick<WorkspaceConfig, 'secretsKey'>) {
    this.ring = KeyRing.of(settings.secretsKey);
  }

  /** Id of the key that wraps what is new. */
  get keyId(): string {
    return this.current().id;
  }

  /** Returns a text that is the same for the same value and, without the key, reveals nothing about it. */
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

  /**
   * Throws `data-loss` SECRET_UNREADABLE when the value was changed, belongs to another owner, or is wrapped by
   * a key that the ring does not have.
   */
  open(value: SealedValue, owner: SecretOwner): string {
    if (value.keyId === undefined) return this.openOld(value, owner);
    return this.attempt(owner, value.keyId, () =>
      decrypt(this.unwrap(value, owner), value.sealed, valueContext(owner)).toString('utf8'),
    );
  }

  /** Returns the same value, wrapped by the key for what is new. Throws like `open`. */
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
