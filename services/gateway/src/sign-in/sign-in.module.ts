import type { Provider } from '@nestjs/common';
import { TokenSigner } from '@noema/auth';
import { SETTINGS } from '@noema/host';
import type { GatewayConfig } from '../config.js';
import { OidcProvider } from '../oidc/oidc.provider.js';
import { WorkspaceIdentities } from '../peers/workspace-identities.js';
import { Reloading } from '../reloading.js';
import { Upstreams } from '../upstream/upstreams.js';
import { LoginSeal } from './login.js';
import { OIDC_PATHS } from './oidc.controller.js';
import { SignInService } from './sign-in.service.js';

/**
 * The sign-in of people. Both are `undefined` when the operator has named no identity provider; the schema of the
 * settings makes sure that nothing else is missing.
 */
export const signInProviders: Provider[] = [
  {
    provide: WorkspaceIdentities,
    inject: [SETTINGS, Upstreams, Reloading],
    useFactory: (
      { oidcIssuer, authPrivateKey }: GatewayConfig,
      upstreams: Upstreams,
      reloading: Reloading,
    ): WorkspaceIdentities | undefined => {
      if (oidcIssuer === undefined || authPrivateKey === undefined) return undefined;
      const signer = new TokenSigner({ privateKey: authPrivateKey });
      return new WorkspaceIdentities(
        upstreams,
        reloading.followed('authPrivateKey', signer, (s, key) => {
          s.replaceKey(key);
        }),
      );
    },
  },
  {
    provide: SignInService,
    inject: [SETTINGS, Reloading, WorkspaceIdentities],
    useFactory: (
      config: GatewayConfig,
      reloading: Reloading,
      identities: WorkspaceIdentities | undefined,
    ): SignInService | undefined => {
      const { oidcIssuer: issuer, oidcClientId: clientId, publicUrl, sessionSecret } = config;
      if (
        identities === undefined ||
        issuer === undefined ||
        clientId === undefined ||
        publicUrl === undefined ||
        sessionSecret === undefined
      )
        return undefined;
      const { origin } = new URL(publicUrl);
      const provider = new OidcProvider({
        issuer,
        clientId,
        clientSecret: config.oidcClientSecret,
        displayName: config.oidcName ?? new URL(issuer).host,
        redirectUri: origin + OIDC_PATHS.callback,
        signedOutUri: `${origin}/sign-in`,
      });
      const seal = reloading.followed('sessionSecret', new LoginSeal(sessionSecret), (s, secrets) => {
        s.replaceSecrets(secrets);
      });
      return new SignInService(provider, seal, identities);
    },
  },
];
