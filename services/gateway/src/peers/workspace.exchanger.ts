import { create } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import {
  ExchangeApiKeyRequestSchema,
  type ExchangeApiKeyResponse,
  TokenService,
} from '@noema/contracts/noema/workspace/v1/token_service';
import { Inject, Injectable } from '@nestjs/common';
import type { Credential, ExchangedToken } from '../credential/credential.js';
import { sessionInvalid } from '../session/session.errors.js';
import { Upstreams } from '../upstream/upstreams.js';
import { WorkspaceIdentities } from './workspace-identities.js';

const TIMEOUT_MS = 5000;

/** Exchanges API keys and people for tokens at the workspace service. */
@Injectable()
export class WorkspaceExchanger {
  /**
   * Without `identities`, sessions of people have ended: the operator has removed the identity provider.
   */
  constructor(
    @Inject(Upstreams) private readonly upstreams: Upstreams,
    @Inject(WorkspaceIdentities) private readonly identities: WorkspaceIdentities | undefined,
  ) {}

  async exchange(credential: Credential): Promise<ExchangedToken> {
    if ('apiKey' in credential) {
      const request = { apiKey: credential.apiKey, sessionId: credential.sessionId ?? '' };
      const answer = await this.upstreams.call(
        TokenService.method.exchangeApiKey,
        create(ExchangeApiKeyRequestSchema, request),
        { timeoutMs: TIMEOUT_MS },
      );
      return toExchanged(answer as ExchangeApiKeyResponse);
    }
    if (this.identities === undefined) throw sessionInvalid();
    return toExchanged(await this.identities.exchange(credential.person, credential.sessionId));
  }
}

const toExchanged = ({
  accessToken,
  expireTime,
}: {
  readonly accessToken: string;
  readonly expireTime?: Timestamp | undefined;
}): ExchangedToken => ({
  token: accessToken,
  lifetimeMs: expireTime === undefined ? 0 : timestampDate(expireTime).getTime() - Date.now(),
});
