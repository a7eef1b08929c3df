import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type ExchangeIdentityRequest,
  IdentityService as Service,
  type SignInIdentityRequest,
} from '@noema/contracts/noema/workspace/v1/identity_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { roleMessage } from '../member/member.mapper.js';
import { IdentityService } from './identity.service.js';

/** Serves noema.workspace.v1.IdentityService. */
@GrpcService(Service)
export class IdentityController implements Handlers<typeof Service> {
  constructor(@Inject(IdentityService) private readonly identities: IdentityService) {}

  async signInIdentity(req: SignInIdentityRequest) {
    const memberships = await this.identities.signIn(req, req.verifiedEmail);
    return { memberships: memberships.map((m) => ({ ...m, role: roleMessage(m.role) })) };
  }

  async exchangeIdentity(req: ExchangeIdentityRequest, { principal }: CallContext) {
    const { token, expiresAt, teamId, subject, role } = await this.identities.exchange(
      principal.teamId,
      req,
      req.sessionId,
    );
    return {
      accessToken: token,
      expireTime: timestampFromDate(expiresAt),
      teamId,
      subject,
      role: roleMessage(role),
    };
  }
}
