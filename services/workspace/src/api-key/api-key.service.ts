import {
  type Clock,
  displayName,
  isUuid,
  type Page,
  type PageQuery,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import type { ApiKey } from './api-key.js';
import { apiKeyNotFound, expiryPassed } from './api-key.errors.js';
import type { ApiKeyMint, ApiKeyRepository } from './api-key.ports.js';
import type { AuditLog } from '../audit/audit.ports.js';
import { lesserRole, type MemberRole } from '../member/member.js';
import { memberNotFound } from '../member/member.errors.js';
import type { MemberRepository } from '../member/member.ports.js';

export interface NewApiKeyFields {
  readonly displayName: string;
  /** Empty for the caller. */
  readonly memberId: string;
  /** `undefined`: as its member. */
  readonly role: MemberRole | undefined;
  readonly expiresAt: Date | undefined;
}

/** Makes, lists and revokes API keys. */
export class ApiKeys {
  constructor(
    private readonly work: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly members: MemberRepository,
    private readonly mint: ApiKeyMint,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Makes a key; its secret is in the answer and nowhere else. The role is never more than the member's. */
  create(
    actor: Actor,
    fields: NewApiKeyFields,
  ): Promise<{ readonly apiKey: ApiKey; readonly secret: string }> {
    const now = this.clock.now();
    if (fields.expiresAt !== undefined && fields.expiresAt <= now) throw expiryPassed(fields.expiresAt);
    const memberId = fields.memberId === '' ? actor.subject : fields.memberId;
    return this.work.run(actor.teamId, async () => {
      const member = isUuid(memberId) ? await this.members.find(memberId) : undefined;
      if (member === undefined) throw memberNotFound(memberId);
      const { key, prefix, hash } = this.mint.create();
      const apiKey: ApiKey = {
        id: uuidv7(),
        displayName: displayName(fields.displayName),
        memberId,
        role: lesserRole(fields.role ?? member.role, member.role),
        prefix,
        hash,
        createdAt: now,
        expiresAt: fields.expiresAt,
        lastUsedAt: undefined,
        revokedAt: undefined,
      };
      await this.keys.add(actor.teamId, apiKey);
      await this.audit.record(actor, 'ApiKeyService/CreateApiKey', `api_key/${apiKey.id}`, {
        display_name: apiKey.displayName,
        member_id: memberId,
        role: apiKey.role,
      });
      return { apiKey, secret: key };
    });
  }

  /** Throws `not-found` API_KEY_NOT_FOUND. */
  get(actor: Actor, id: string): Promise<ApiKey> {
    return this.work.run(actor.teamId, () => this.need(id));
  }

  list(actor: Actor, query: PageQuery): Promise<Page<ApiKey>> {
    return this.work.run(actor.teamId, () => this.keys.list(query));
  }

  revoke(actor: Actor, id: string): Promise<ApiKey> {
    return this.work.run(actor.teamId, async () => {
      const key = isUuid(id) ? await this.keys.revoke(id, this.clock.now()) : undefined;
      if (key === undefined) throw apiKeyNotFound(id);
      await this.audit.record(actor, 'ApiKeyService/RevokeApiKey', `api_key/${id}`, {
        display_name: key.displayName,
      });
      return key;
    });
  }

  private async need(id: string): Promise<ApiKey> {
    const key = isUuid(id) ? await this.keys.find(id) : undefined;
    if (key === undefined) throw apiKeyNotFound(id);
    return key;
  }
}
