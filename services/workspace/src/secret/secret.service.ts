import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, type Page, type PageQuery, type Port, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { AuditRepository } from '../audit/audit.repository.js';
import { EnvelopeSealer } from '../crypto/envelope-sealer.js';
import type { Actor } from '../member/actor.js';
import { secretNameInvalid, secretNameUnknown, secretNotFound, secretValueInvalid } from './secret.errors.js';
import type { Secret } from './secret.js';
import { SecretRepository } from './secret.repository.js';

const MAX_VALUE = 65_536;
const MAX_PURPOSE = 200;

/** Stores credentials for raw data, sealed. */
@Injectable()
export class SecretService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SecretRepository) private readonly secrets: Port<SecretRepository>,
    @Inject(EnvelopeSealer) private readonly sealer: EnvelopeSealer,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
  ) {}

  /**
   * Returns a stand-in for a value where requests are compared: whoever reads the database must not be able
   * to try values out.
   */
  mark(value: string): string {
    return this.sealer.mark(value);
  }

  /** Throws `exists` SECRET_NAME_TAKEN, `precondition` SECRETS_DISABLED. */
  create(actor: Actor, name: string, value: string): Promise<Secret> {
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) throw secretNameInvalid(name);
    const now = new Date();
    const secret: Secret = { id: uuidv7(), name, createTime: now, updateTime: now };
    const sealed = this.sealer.seal(checked(value), { teamId: actor.teamId, secretId: secret.id });
    return this.unitOfWork.run(actor.teamId, async () => {
      await this.secrets.insert(secret, sealed);
      await this.audit.record(actor, 'SecretService/CreateSecret', `secret/${secret.id}`, { name });
      return secret;
    });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<Secret>> {
    return this.unitOfWork.run(actor.teamId, () => this.secrets.list(query));
  }

  /** Throws `not-found` SECRET_NOT_FOUND. */
  replace(actor: Actor, id: string, value: string): Promise<Secret> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const secret: Secret = { ...(await this.need(id)), updateTime: new Date() };
      await this.secrets.replace(
        secret,
        this.sealer.seal(checked(value), { teamId: actor.teamId, secretId: id }),
      );
      await this.audit.record(actor, 'SecretService/ReplaceSecretValue', `secret/${id}`, {
        name: secret.name,
      });
      return secret;
    });
  }

  delete(actor: Actor, id: string): Promise<void> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const secret = await this.need(id);
      await this.secrets.delete(id);
      await this.audit.record(actor, 'SecretService/DeleteSecret', `secret/${id}`, { name: secret.name });
    });
  }

  /**
   * The value, for a service that hands it to an integration; `purpose` stands in the audit log. Throws
   * `not-found` SECRET_NOT_FOUND, `data-loss` SECRET_UNREADABLE.
   */
  open(
    actor: Actor,
    name: string,
    purpose: string,
  ): Promise<{ readonly secret: Secret; readonly value: string }> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const found = await this.secrets.findByName(name);
      if (found === undefined) throw secretNameUnknown(name);
      const { secret } = found;
      const value = this.sealer.open(found.value, { teamId: actor.teamId, secretId: secret.id });
      await this.audit.record(actor, 'SecretService/OpenSecret', `secret/${secret.id}`, {
        name,
        purpose: purpose.slice(0, MAX_PURPOSE),
      });
      return { secret, value };
    });
  }

  /** Id of the key that wraps what is new. Throws `precondition` SECRETS_DISABLED. */
  get keyId(): string {
    return this.sealer.keyId;
  }

  /**
   * Wraps all values of the team by the current key, a few at a time, while they are in use; returns how many
   * it changed.
   */
  async rotate(teamId: string): Promise<number> {
    let changed = 0;
    for (;;) {
      const moved = await this.unitOfWork.run(teamId, async () => {
        const others = await this.secrets.lockOthers(this.sealer.keyId);
        for (const { id, value } of others)
          await this.secrets.rewrite(id, this.sealer.rewrap(value, { teamId, secretId: id }));
        return others.length;
      });
      if (moved === 0) return changed;
      changed += moved;
    }
  }

  private need(id: string): Promise<Secret> {
    return findOrThrow(this.secrets, id, secretNotFound);
  }
}

function checked(value: string): string {
  if (value.length < 1 || value.length > MAX_VALUE) throw secretValueInvalid(value.length, MAX_VALUE);
  return value;
}
