import type { Provider } from '@nestjs/common';
import { TokenVerifier } from '@noema/auth';
import { SETTINGS } from '@noema/host';
import type { GatewayConfig } from '../config.js';
import { WorkspaceExchanger } from '../peers/workspace.exchanger.js';
import { Reloading } from '../reloading.js';
import { AccessTokens } from './access-tokens.js';
import { CallerAuthorization } from './caller-authorization.js';
import { RequestCredentials } from './request-credentials.js';

/** Credentials of callers, and the tokens made from them. */
export const credentialProviders: Provider[] = [
  WorkspaceExchanger,
  {
    provide: AccessTokens,
    inject: [WorkspaceExchanger],
    useFactory: (exchanger: WorkspaceExchanger) => new AccessTokens(exchanger),
  },
  {
    provide: TokenVerifier,
    inject: [SETTINGS, Reloading],
    useFactory: ({ authJwks }: GatewayConfig, reloading: Reloading) =>
      reloading.followed('authJwks', new TokenVerifier({ jwks: authJwks }), (verifier, jwks) => {
        verifier.replaceKeys(jwks);
      }),
  },
  CallerAuthorization,
  RequestCredentials,
];
