import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  ApiKeyService as Service,
  type CreateApiKeyRequest,
  type GetApiKeyRequest,
  type ListApiKeysRequest,
  type RevokeApiKeyRequest,
} from '@noema/contracts/noema/workspace/v1/api_key_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import { parseRole } from '../member/member.mapper.js';
import { apiKeyMessage } from './api-key.mapper.js';
import { ApiKeyService } from './api-key.service.js';

/** Serves noema.workspace.v1.ApiKeyService. */
@GrpcService(Service)
export class ApiKeyController implements Handlers<typeof Service> {
  constructor(
    @Inject(ApiKeyService) private readonly keys: ApiKeyService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createApiKey(req: CreateApiKeyRequest, ctx: CallContext) {
    return this.commands.run(
      ctx,
      req,
      async () => {
        const expireTime = req.expireTime && timestampDate(req.expireTime);
        const { apiKey, secret } = await this.keys.create(ctx.principal, {
          displayName: req.displayName,
          memberId: req.memberId,
          role: parseRole(req.role),
          expireTime,
        });
        return { apiKey: apiKeyMessage(apiKey), secret };
      },
      { forget: ['secret'] },
    );
  }

  async getApiKey(req: GetApiKeyRequest, { principal }: CallContext) {
    return { apiKey: apiKeyMessage(await this.keys.get(principal, req.apiKeyId)) };
  }

  async listApiKeys(req: ListApiKeysRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.keys.list(principal, req);
    return { apiKeys: items.map(apiKeyMessage), nextPageToken };
  }

  async revokeApiKey(req: RevokeApiKeyRequest, { principal }: CallContext) {
    return { apiKey: apiKeyMessage(await this.keys.revoke(principal, req.apiKeyId)) };
  }
}
