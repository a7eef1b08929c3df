import * as oidc from 'openid-client';
import { identityInvalid, providerUnavailable } from '../sign-in/sign-in.errors.js';
import type { IdentifiedPerson, IdentityProvider } from '../sign-in/identity-provider.ports.js';
import type { Login } from '../sign-in/login.js';
import { Discovery, type DiscoveryOptions } from './discovery.js';
import { oidcFault } from './oidc.faults.js';

export interface OidcProviderOptions extends DiscoveryOptions {
  /** Name for people. */
  readonly displayName: string;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  /** Where people land after they have signed out. */
  readonly signedOutUri: string;
}

/**
 * An OpenID provider: authorization code with PKCE (S256), state, nonce, and an ID token whose signature is
 * checked by the provider's published keys.
 */
export class OidcProvider implements IdentityProvider {
  readonly displayName: string;
  private readonly discovery: Discovery;

  constructor(private readonly options: OidcProviderOptions) {
    this.displayName = options.displayName;
    this.discovery = new Discovery(options);
  }

  async signInUrl({ state, nonce, codeVerifier }: Omit<Login, 'next'>): Promise<string> {
    const config = await this.discovered();
    return oidc.buildAuthorizationUrl(config, {
      redirect_uri: this.options.redirectUri,
      scope: 'openid email profile',
      response_type: 'code',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    }).href;
  }

  async identify(query: URLSearchParams, { state, nonce, codeVerifier }: Login): Promise<IdentifiedPerson> {
    const config = await this.discovered();
    const tokens = await oidc
      .authorizationCodeGrant(config, new URL(`${this.options.redirectUri}?${query.toString()}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        throw oidcFault(this.displayName, error);
      });
    const claims = tokens.claims();
    if (claims === undefined) throw identityInvalid(new Error('the provider sent no ID token'));
    const { email, email_verified: verified } =
      claims.email === undefined ? await this.userInfo(config, tokens.access_token, claims.sub) : claims;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof email === 'string' ? email : '',
      emailVerified: verified === true,
    };
  }

  async signOutUrl(): Promise<string | undefined> {
    const config = await this.discovery.find().catch(() => undefined);
    if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return oidc.buildEndSessionUrl(config, {
      client_id: this.options.clientId,
      post_logout_redirect_uri: this.options.signedOutUri,
    }).href;
  }

  /** Fetches the claims of the userinfo endpoint: many providers report the email address only there. */
  private async userInfo(
    config: oidc.Configuration,
    accessToken: string,
    subject: string,
  ): Promise<{ readonly email?: unknown; readonly email_verified?: unknown }> {
    if (config.serverMetadata().userinfo_endpoint === undefined) return {};
    return oidc.fetchUserInfo(config, accessToken, subject).catch((error: unknown) => {
      throw oidcFault(this.displayName, error);
    });
  }

  private async discovered(): Promise<oidc.Configuration> {
    return this.discovery.find().catch((error: unknown) => {
      throw providerUnavailable(this.displayName, error);
    });
  }
}
