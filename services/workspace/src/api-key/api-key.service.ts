import { Inject, Injectable } from '@nestjs/common';
import { newApiKey } from '@noema/auth';
import {
  displayName,
  findOrThrow,
  isUuid,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../member/actor.js';
import { memberNotFound } from '../member/member.errors.js';
import { lesserRole, type MemberRole } from '../member/member.js';
import { MemberRepository } from '../member/member.repository.js';
import { apiKeyNotFound, expiryPassed } from './api-key.errors.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';

export interface NewApiKeyFields {
  readonly displayName: string;
  /** Empty for the caller. */
  readonly memberId: string;
  /** `undefined`: as its member. */
  readonly role: MemberRole | undefined;
  readonly expireTime: Date | undefined;
}

/** Creates, lists and revokes API keys. */
@Injectable()
export class ApiKeyService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ApiKeyRepository) private readonly keys: Port<ApiKeyRepository>,
    @Inject(MemberRepository) private readonly members: Pick<MemberRepository, 'find'>,
    @Inject(AuditRepository) private readonly audit: Pick<AuditRepository, 'record'>,
  ) {}

  /** Makes a key; its secret is in the answer and nowhere else. The role is never more than the member's. */
  create(
    actor: Actor,
    fields: NewApiKeyFields,
  ): Promise<{ readonly apiKey: ApiKey; readonly secret: string }> {
    const now = new Date();
    if (fields.expireTime !== undefined && fields.expireTime <= now) throw expiryPassed(fields.expireTime);
    const memberId = fields.memberId === '' ? actor.subject : fields.memberId;
    return this.unitOfWork.run(actor.teamId, async () => {
      const member = await findOrThrow(this.members, memberId, memberNotFound);
      const { key, prefix, hash } = newApiKey();
      const apiKey: ApiKey = {
        id: uuidv7(),
        displayName: displayName(fields.displayName),
        memberId,
        role: lesserRole(fields.role ?? member.role, member.role),
        prefix,
        hash,
        createTime: now,
        expireTime: fields.expireTime,
        lastUseTime: undefined,
        revokeTime: undefined,
      };
      await this.keys.insert(apiKey);
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
    return this.unitOfWork.run(actor.teamId, () => this.need(id));
  }

  list(actor: Actor, query: PageQuery): Promise<Page<ApiKey>> {
    return this.unitOfWork.run(actor.teamId, () => this.keys.list(query));
  }

  revoke(actor: Actor, id: string): Promise<ApiKey> {
    return this.unitOfWork.run(actor.teamId, async () => {
      const key = isUuid(id) ? await this.keys.revoke(id, new Date()) : undefined;
      if (key === undefined) throw apiKeyNotFound(id);
      await this.audit.record(actor, 'ApiKeyService/RevokeApiKey', `api_key/${id}`, {
        display_name: key.displayName,
      });
      return key;
    });
  }

  private need(id: string): Promise<ApiKey> {
    return findOrThrow(this.keys, id, apiKeyNotFound);
  }
}
