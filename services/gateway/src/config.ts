import { integer, json, secret, text } from '@noema/config';
import { processSettings } from '@noema/host';
import * as z from 'zod';
import { areSecrets } from './session/seal.js';

const isOrigin = (text: string): boolean =>
  URL.canParse(text) &&
  /^https?:$/.test(new URL(text).protocol) &&
  ['', '/'].includes(new URL(text).pathname + new URL(text).search + new URL(text).hash);

const isIssuer = (text: string): boolean =>
  URL.canParse(text) &&
  (new URL(text).protocol === 'https:' ||
    (new URL(text).protocol === 'http:' &&
      /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(text).hostname)));

/** Settings of the gateway. */
export const gatewaySettings = z
  .object({
    ...processSettings.shape,
    httpAddress: text()
      .default('127.0.0.1:7070')
      .describe('`host:port` to listen on; port 0 takes a free one'),
    grpcAddress: text()
      .default('127.0.0.1:7071')
      .describe('`host:port` to serve gRPC on, in plaintext; port 0 takes a free one'),
    authJwks: json().describe('JWK set that verifies tokens'),
    sessionSecret: secret(
      text()
        .refine(areSecrets, 'is not 32 bytes in base64')
        .optional()
        .describe(
          '32 random bytes in base64 that seal the sessions of browsers; several with commas between ' +
            'them: the first seals, all open; without it the page has no sign-in',
        ),
    ),
    publicUrl: text()
      .refine(isOrigin, 'is no http or https URL without a path')
      .optional()
      .describe(
        'URL at which browsers reach this platform, such as `https://noema.example.org`; needed for an ' +
          'identity provider',
      ),
    oidcIssuer: text()
      .refine(isIssuer, 'is no https URL; plain http is for loopback alone')
      .optional()
      .describe(
        'URL of the OpenID Connect provider at which people sign in; without it they sign in with API keys',
      ),
    oidcClientId: text()
      .optional()
      .describe('who we are at the provider; its redirect URI is `/oidc/callback` of NOEMA_PUBLIC_URL'),
    oidcClientSecret: secret(
      text()
        .optional()
        .describe('our secret at the provider; without it we are a public client, with PKCE alone'),
    ),
    oidcName: text().optional().describe('name of the provider on the sign-in page; its host when left out'),
    pageDir: text()
      .optional()
      .describe('directory of the built page, with its index.html; without it `/` says how to build it'),
    drainMs: integer({ min: 0, max: 600_000 })
      .default(5000)
      .describe('milliseconds that requests may take after SIGTERM'),
    bodyLimitBytes: integer({ min: 1024, max: 14_680_064 })
      .default(8_388_608)
      .describe('largest body of a request'),
    bodyTimeoutMs: integer({ min: 100, max: 600_000 })
      .default(20_000)
      .describe('milliseconds in which a body has to arrive'),
    requestTimeoutMs: integer({ min: 100, max: 600_000 })
      .default(30_000)
      .describe('deadline of a request that names none'),
    requestTimeoutMaxMs: integer({ min: 100, max: 600_000 })
      .default(300_000)
      .describe('longest deadline that a request may name in x-timeout-ms'),
    heartbeatMs: integer({ min: 10, max: 600_000 })
      .default(15_000)
      .describe('milliseconds between the comments that keep a stream open'),
    stallMs: integer({ min: 10, max: 3_600_000 })
      .default(60_000)
      .describe('milliseconds after which a stream is closed that its reader does not read'),
    trustedProxies: integer({ min: 0, max: 16 })
      .default(0)
      .describe(
        'proxies between clients and the gateway, each of which adds the address that it sees to ' +
          '`x-forwarded-for`; this number is believed when wrong keys are counted by address',
      ),
    maxConnectionsPerAddress: integer({ min: 0, max: 100_000 })
      .default(1024)
      .describe(
        'connections of one address at the same time; more are answered 429 and closed; 0 for no limit, ' +
          'as behind `trustedProxies`',
      ),
    maxRequests: integer({ min: 1, max: 100_000 })
      .default(1000)
      .describe('requests and streams answered at the same time; more get 429'),
  })
  .superRefine((settings, ctx) => {
    if (settings.oidcIssuer === undefined) return;
    for (const key of ['oidcClientId', 'publicUrl', 'sessionSecret', 'authPrivateKey'] as const) {
      if (settings[key] === undefined)
        ctx.addIssue({
          code: 'custom',
          path: [key],
          message: 'is missing, although NOEMA_OIDC_ISSUER is set',
        });
    }
  });

export type GatewayConfig = z.output<typeof gatewaySettings>;
