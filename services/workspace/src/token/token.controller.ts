import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Inject } from '@nestjs/common';
import {
  type EndSessionRequest,
  type ExchangeApiKeyRequest,
  type GetSelfRequest,
  TokenService as Service,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { type CallContext, GrpcService, type Handlers } from '@noema/grpc';
import { memberMessage, roleMessage } from '../member/member.mapper.js';
import { SessionService } from '../session/session.service.js';
import { teamMessage } from '../team/team.mapper.js';
import { TokenService } from './token.service.js';

/** Serves noema.workspace.v1.TokenService. */
@GrpcService(Service)
export class TokenController implements Handlers<typeof Service> {
  constructor(
    @Inject(TokenService) private readonly tokens: TokenService,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  async exchangeApiKey(req: ExchangeApiKeyRequest) {
    const { token, expiresAt, teamId, subject, role } = await this.tokens.exchange(req.apiKey, req.sessionId);
    return {
      accessToken: token,
      expireTime: timestampFromDate(expiresAt),
      teamId,
      subject,
      role: roleMessage(role),
    };
  }

  async getSelf(_: GetSelfRequest, { principal }: CallContext) {
    const { team, member } = await this.tokens.self(principal);
    return {
      team: teamMessage(team),
      subject: principal.subject,
      role: roleMessage(principal.role),
      ...(member && { member: memberMessage(member) }),
      apiKeyId: principal.apiKeyId ?? '',
    };
  }

  async endSession({ sessionId }: EndSessionRequest, { principal }: CallContext) {
    await this.sessions.end(principal, sessionId);
    return {};
  }
}
