import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** Makes the ID token from the honest claims and what a forger may know. */
export type Forge = (
  claims: JWTPayload & { nonce: string },
  honest: (claims: JWTPayload, header?: { kid?: string; alg?: string }) => Promise<string>,
  publicKeyPem: string,
) => Promise<string>;

/**
 * An OpenID provider that sends what the test wants: who signs in is always `ann`, whose address is verified.
 */
export async function startLyingProvider() {
  const [{ publicKey, privateKey }, other] = [
    await generateKeyPair('RS256', { extractable: true }),
    await generateKeyPair('RS256'),
  ];
  const [jwk, pem] = [await exportJWK(publicKey), await exportSPKI(publicKey)];
  const state = {
    forge: ((claims, honest) => honest(claims)) as Forge,
    nonce: '',
    issuer: '',
    tokenAnswer: undefined as { status: number; body: string } | undefined,
    kid: 'one',
    asked: [] as string[],
  };
  const honest = (claims: JWTPayload, { kid = state.kid, alg = 'RS256' } = {}): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid })
      .sign(kid === 'stranger' ? other.privateKey : privateKey);
  const server = createServer((req, res) => {
    const json = (body: unknown, status = 200): void => {
      res
        .writeHead(status, { 'content-type': 'application/json' })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const { pathname } = new URL(req.url ?? '/', 'http://x');
    state.asked.push(pathname);
    if (pathname === '/.well-known/openid-configuration') {
      json({
        issuer: state.issuer,
        authorization_endpoint: `${state.issuer}/auth`,
        token_endpoint: `${state.issuer}/token`,
        jwks_uri: `${state.issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      });
    } else if (pathname === '/jwks') json({ keys: [{ ...jwk, kid: state.kid, use: 'sig', alg: 'RS256' }] });
    else if (pathname === '/token') {
      if (state.tokenAnswer !== undefined) {
        json(state.tokenAnswer.body, state.tokenAnswer.status);
        return;
      }
      const nowS = Math.floor(Date.now() / 1000);
      void state
        .forge(
          {
            iss: state.issuer,
            sub: 'ann',
            aud: 'noema',
            exp: nowS + 300,
            iat: nowS,
            nonce: state.nonce,
            email: 'ann@example.org',
            email_verified: true,
          },
          honest,
          pem,
        )
        .then(
          (idToken) => {
            json({ access_token: 'x', token_type: 'Bearer', id_token: idToken });
          },
          (error: unknown) => {
            json({ error: 'server_error', error_description: String(error) }, 500);
          },
        );
    } else json({}, 404);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  state.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
