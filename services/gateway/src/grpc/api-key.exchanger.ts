import { timestampDate } from '@bufbuild/protobuf/wkt';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { createClient } from '@noema/grpc';
import type { ApiKeyExchanger, ExchangedToken } from '../domain/access-tokens.js';
import type { Upstreams } from './upstreams.js';

const TIMEOUT_MS = 5000;

/** Makes tokens of API keys by asking the workspace service. */
export class WorkspaceApiKeyExchanger implements ApiKeyExchanger {
  constructor(private readonly upstreams: Upstreams) {}

  async exchange(apiKey: string): Promise<ExchangedToken> {
    const client = createClient(TokenService, { address: this.upstreams.connection('workspace'), timeoutMs: TIMEOUT_MS });
    const { accessToken, expireTime } = await client.exchangeApiKey({ apiKey });
    return { token: accessToken, lifetimeMs: expireTime === undefined ? 0 : timestampDate(expireTime).getTime() - Date.now() };
  }
}
