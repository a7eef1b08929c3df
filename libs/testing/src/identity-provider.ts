import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Somebody who can sign in at the provider: claims of the ID token by OpenID Connect. */
export interface TestPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

export interface TestIdentityProviderOptions {
  /** By subject. */
  readonly people: Readonly<Record<string, TestPerson>>;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  readonly signedOutUris?: readonly string[];
  /** Default: plain HTTP at a free loopback port. */
  readonly at?: IdentityProviderAddress;
}

/** An address with a certificate, at all interfaces. */
export interface IdentityProviderAddress {
  /** URL whose host is a name of the certificate. */
  readonly issuer: string;
  readonly port: number;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string };
}

/** A real OpenID provider that runs in the test. */
export interface TestIdentityProvider {
  /** On `localhost`, which is another site than `127.0.0.1`. */
  readonly issuer: string;
  /** True while it does not respond; a path while it does not respond below that path. Its state is kept. */
  away: boolean | string;
  stop(): Promise<void>;
}

const TTL_S = 600;

const page = (uid: string): string =>
  '<!doctype html><html lang="en"><title>Test provider</title>\n' +
  `<form method="post" action="/interaction/${uid}"><label>Who are you? ` +
  '<input name="subject" autofocus></label><button>Sign in</button></form></html>';

/** Starts the provider. Every name signs in as that person, with consent. */
export async function startIdentityProvider({
  people,
  clientId,
  clientSecret,
  redirectUris,
  signedOutUris = [],
  at,
}: TestIdentityProviderOptions): Promise<TestIdentityProvider> {
  const { default: Provider } = await import('oidc-provider');
  let handle: (req: IncomingMessage, res: ServerResponse) => unknown = () => undefined;
  const state: { away: boolean | string } = { away: false };
  const answer = (req: IncomingMessage, res: ServerResponse): void => {
    if (state.away === true || (state.away !== false && req.url?.startsWith(state.away) === true))
      req.socket.destroy();
    else void handle(req, res);
  };
  const server = at === undefined ? createServer(answer) : createTlsServer(at.tls, answer);
  if (at === undefined) server.listen(0, '127.0.0.1');
  else server.listen(at.port);
  await once(server, 'listening');
  const issuer = at?.issuer ?? `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...redirectUris],
        post_logout_redirect_uris: [...signedOutUris],
      },
    ],
    jwks: {
      keys: [
        {
          ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
          use: 'sig',
          alg: 'RS256',
        },
      ],
    },
    ttl: {
      AccessToken: TTL_S,
      AuthorizationCode: TTL_S,
      Grant: TTL_S,
      IdToken: TTL_S,
      Interaction: TTL_S,
      Session: TTL_S,
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...people[subject] }),
    }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const serve = provider.callback();
  handle = async (req, res) => {
    const uid = /^\/interaction\/([\w-]+)$/.exec(req.url ?? '')?.[1];
    if (uid === undefined) return serve(req, res);
    if (req.method !== 'POST') return res.setHeader('content-type', 'text/html').end(page(uid));
    const subject = new URLSearchParams(await readText(req)).get('subject') ?? '';
    if (people[subject] === undefined)
      return provider.interactionFinished(req, res, {
        error: 'access_denied',
        error_description: 'no account of that name',
      });
    return provider.interactionFinished(
      req,
      res,
      { login: { accountId: subject } },
      { mergeWithLastSubmission: false },
    );
  };
  return Object.assign(state, {
    issuer,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

async function readText(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += chunk as string;
  return text;
}
