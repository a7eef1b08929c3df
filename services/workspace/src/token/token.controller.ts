import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type EndSessionRequest,
  type ExchangeApiKeyRequest,
  type GetSelfRequest,
  TokenService,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { Sessions } from '../session/session.service.js';
import { SignIn } from './token.service.js';
import { memberMessage, roleMessage } from '../member/member.mapper.js';
import { teamMessage } from '../team/team.mapper.js';

@GrpcService(TokenService)
export class TokenController implements Handlers<typeof TokenService> {
  constructor(
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  async exchangeApiKey(req: ExchangeApiKeyRequest) {
    const { token, expiresAt, teamId, subject, role } = await this.signIn.exchange(req.apiKey, req.sessionId);
    return {
      accessToken: token,
      expireTime: timestampFromDate(expiresAt),
      teamId,
      subject,
      role: roleMessage(role),
    };
  }

  async getSelf(_: GetSelfRequest, { principal }: CallContext) {
    const { team, member } = await this.signIn.self(principal);
    return {
      team: teamMessage(team),
      subject: principal.subject,
      role: roleMessage(principal.role),
      ...(member && { member: memberMessage(member) }),
    };
  }

  async endSession({ sessionId }: EndSessionRequest, { principal }: CallContext) {
    await this.sessions.end(principal, sessionId);
    return {};
  }
}
