import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type ExchangeIdentityRequest,
  IdentityService,
  type SignInIdentityRequest,
} from '@noema/contracts/noema/workspace/v1/identity_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Identities } from './identity.service.js';
import { roleMessage } from '../member/member.mapper.js';

@GrpcService(IdentityService)
export class IdentityController implements Handlers<typeof IdentityService> {
  constructor(@Inject(Identities) private readonly identities: Identities) {}

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
