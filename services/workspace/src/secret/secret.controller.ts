import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type CreateSecretRequest,
  type DeleteSecretRequest,
  type ListSecretsRequest,
  type OpenSecretRequest,
  type ReplaceSecretValueRequest,
  SecretService as Service,
} from '@noema/contracts/noema/workspace/v1/secret_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Commands } from '@noema/host';
import type { Secret } from './secret.js';
import { SecretService } from './secret.service.js';

const toProto = ({ id, name, createTime, updateTime }: Secret) => ({
  id,
  name,
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
});

/** Serves noema.workspace.v1.SecretService. */
@GrpcService(Service)
export class SecretController implements Handlers<typeof Service> {
  constructor(
    @Inject(SecretService) private readonly secrets: SecretService,
    @Inject(Commands) private readonly commands: Commands,
  ) {}

  createSecret(req: CreateSecretRequest, ctx: CallContext) {
    const compared = { ...req, value: this.secrets.mark(req.value) };
    return this.commands.run(ctx, compared, async () => ({
      secret: toProto(await this.secrets.create(ctx.principal, req.name, req.value)),
    }));
  }

  async listSecrets(req: ListSecretsRequest, { principal }: CallContext) {
    const { items, nextPageToken } = await this.secrets.list(principal, req);
    return { secrets: items.map(toProto), nextPageToken };
  }

  async replaceSecretValue(req: ReplaceSecretValueRequest, { principal }: CallContext) {
    return { secret: toProto(await this.secrets.replace(principal, req.secretId, req.value)) };
  }

  async deleteSecret(req: DeleteSecretRequest, { principal }: CallContext) {
    await this.secrets.delete(principal, req.secretId);
    return {};
  }

  async openSecret(req: OpenSecretRequest, { principal }: CallContext) {
    const { secret, value } = await this.secrets.open(principal, req.name, req.purpose);
    return { secret: toProto(secret), value };
  }
}
