import { TokenSigner } from '@noema/auth';
import type { GatewayConfig } from '../config.js';
import { LoginSeal } from './login.js';
import { PersonSignIn } from './person-sign-in.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { WorkspaceIdentities } from '../peers/workspace-identities.js';
import { OIDC_PATHS } from './oidc.controller.js';
import { OidcProvider } from '../oidc/oidc.provider.js';
import type { Reloading } from '../reloading.js';

/** What signs people in at an identity provider. */
export interface People {
  readonly identities: WorkspaceIdentities;
  readonly signIn: PersonSignIn;
}

/**
 * The sign-in of people on its adapters; `undefined` when the operator has named no identity provider. The
 * schema of the settings sees to it that nothing is missing.
 */
export function peopleOf(
  config: GatewayConfig,
  upstreams: Upstreams,
  reloading: Reloading,
): People | undefined {
  const {
    oidcIssuer: issuer,
    oidcClientId: clientId,
    oidcClientSecret: clientSecret,
    oidcName,
    publicUrl,
    sessionSecret,
    authPrivateKey,
  } = config;
  if (
    issuer === undefined ||
    clientId === undefined ||
    publicUrl === undefined ||
    sessionSecret === undefined ||
    authPrivateKey === undefined
  )
    return undefined;
  const { origin } = new URL(publicUrl);
  const signer = reloading.followed(
    'authPrivateKey',
    new TokenSigner({ privateKey: authPrivateKey }),
    (s, key) => {
      s.replaceKey(key);
    },
  );
  const identities = new WorkspaceIdentities(upstreams, signer);
  const provider = new OidcProvider({
    issuer,
    clientId,
    clientSecret,
    displayName: oidcName ?? new URL(issuer).host,
    redirectUri: origin + OIDC_PATHS.callback,
    signedOutUri: `${origin}/sign-in`,
  });
  const seal = reloading.followed('sessionSecret', new LoginSeal(sessionSecret), (s, secrets) => {
    s.replaceSecrets(secrets);
  });
  return { identities, signIn: new PersonSignIn({ provider, seal, directory: identities }) };
}
