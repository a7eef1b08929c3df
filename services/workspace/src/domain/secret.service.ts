import { type Clock, isUuid, type Page, type PageQuery, type UnitOfWork, uuidv7 } from '@noema/kernel';
import type { Actor } from './actor.js';
import type { AuditLog } from './audit.ports.js';
import type { Secret } from './secret.js';
import { secretNameInvalid, secretNotFound, secretValueInvalid } from './secret.errors.js';
import type { SecretRepository, SecretSealer } from './secret.ports.js';

const MAX_VALUE = 65_536;

/** Keeps credentials for raw data. */
export class Secrets {
  constructor(
    private readonly work: UnitOfWork, private readonly secrets: SecretRepository, private readonly sealer: SecretSealer,
    private readonly audit: AuditLog, private readonly clock: Clock,
  ) {}

  /** Throws `exists` SECRET_NAME_TAKEN, `precondition` SECRETS_DISABLED. */
  create(actor: Actor, name: string, value: string): Promise<Secret> {
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) throw secretNameInvalid(name);
    const now = this.clock.now();
    const secret: Secret = { id: uuidv7(), name, createdAt: now, updatedAt: now };
    const sealed = this.sealer.seal(checked(value), secret.id);
    return this.work.run(actor.teamId, async () => {
      await this.secrets.add(actor.teamId, secret, sealed);
      await this.audit.record(actor, 'SecretService/CreateSecret', `secret/${secret.id}`, { name });
      return secret;
    });
  }

  list(actor: Actor, query: PageQuery): Promise<Page<Secret>> {
    return this.work.run(actor.teamId, () => this.secrets.list(query));
  }

  /** Throws `not-found` SECRET_NOT_FOUND. */
  replace(actor: Actor, id: string, value: string): Promise<Secret> {
    return this.work.run(actor.teamId, async () => {
      const secret: Secret = { ...(await this.need(id)), updatedAt: this.clock.now() };
      await this.secrets.replace(secret, this.sealer.seal(checked(value), id));
      await this.audit.record(actor, 'SecretService/ReplaceSecretValue', `secret/${id}`, { name: secret.name });
      return secret;
    });
  }

  delete(actor: Actor, id: string): Promise<void> {
    return this.work.run(actor.teamId, async () => {
      const secret = await this.need(id);
      await this.secrets.delete(id);
      await this.audit.record(actor, 'SecretService/DeleteSecret', `secret/${id}`, { name: secret.name });
    });
  }

  private async need(id: string): Promise<Secret> {
    const secret = isUuid(id) ? await this.secrets.find(id) : undefined;
    if (secret === undefined) throw secretNotFound(id);
    return secret;
  }
}

function checked(value: string): string {
  if (value.length < 1 || value.length > MAX_VALUE) throw secretValueInvalid(value.length, MAX_VALUE);
  return value;
}
