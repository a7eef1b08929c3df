import * as oidc from 'openid-client';

export interface DiscoveryOptions {
  /** URL of the provider; plain HTTP only on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** Without one we are a public client: PKCE alone. */
  readonly clientSecret: string | undefined;
  /** A monotonic clock in milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Signatures that ID tokens may have: asymmetric ones that are good practice. Never `none`, and no HMAC,
 * whose key would be ours.
 */
const ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

const TIMEOUT_S = 10;
const FRESH_MS = 3_600_000;
const AGAIN_AFTER_MS = 2000;

/**
 * The provider's metadata, fetched when it is first needed and again every hour; its keys are fetched again
 * when a token names an unknown key.
 */
export class Discovery {
  private current: Promise<oidc.Configuration> | undefined;
  private good: oidc.Configuration | undefined;
  private untilMs = 0;

  constructor(private readonly options: DiscoveryOptions) {}

  /** Rejects when the provider is away and never was there; asks it again at most every two seconds. */
  find(): Promise<oidc.Configuration> {
    const { nowMs = () => performance.now() } = this.options;
    if (this.current !== undefined && nowMs() < this.untilMs) return this.current;
    this.untilMs = Number.POSITIVE_INFINITY;
    const asked = this.ask().then(
      (config) => {
        this.untilMs = nowMs() + FRESH_MS;
        this.good = config;
        return config;
      },
      (error: unknown) => {
        this.untilMs = nowMs() + AGAIN_AFTER_MS;
        if (this.good !== undefined) return this.good;
        throw error;
      },
    );
    this.current = asked;
    return asked;
  }

  private async ask(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    const url = new URL(issuer);
    const insecure = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    const said = (
      await oidc.discovery(url, clientId, undefined, undefined, { execute: insecure, timeout: TIMEOUT_S })
    ).serverMetadata();
    const found = Object.fromEntries(
      Object.entries(said).filter(([, value]) => typeof value !== 'function'),
    ) as unknown as oidc.ServerMetadata; // it brings methods along
    const offered = found.id_token_signing_alg_values_supported ?? ['RS256'];
    const config = new oidc.Configuration(
      { ...found, id_token_signing_alg_values_supported: offered.filter((alg) => ALGORITHMS.includes(alg)) },
      clientId,
      undefined,
      chooseAuthentication(found, clientSecret),
    );
    config.timeout = TIMEOUT_S;
    for (const allow of insecure) allow(config);
    oidc.enableNonRepudiationChecks(config);
    return config;
  }
}

function chooseAuthentication(
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: oidc.ServerMetadata,
  secret: string | undefined,
): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  return methods.includes('client_secret_basic')
    ? oidc.ClientSecretBasic(secret)
    : oidc.ClientSecretPost(secret);
}
