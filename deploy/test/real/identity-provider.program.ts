import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startIdentityProvider } from '@noema/testing/identity-provider';

/** The OpenID provider of the cluster: Ada signs in by her name. Its certificate is in the folder that is named. */
const [folder = '.', issuer = '', clientSecret = '', redirectUri = '', signedOutUri = ''] =
  process.argv.slice(2);
const [cert, key] = await Promise.all(
  ['tls.crt', 'tls.key'].map((name) => readFile(join(folder, name), 'utf8')),
);
await startIdentityProvider({
  people: { ada: { email: 'ada@example.org', email_verified: true, name: 'Ada' } },
  clientId: 'noema',
  clientSecret,
  redirectUris: [redirectUri],
  signedOutUris: [signedOutUri],
  at: { issuer, port: 443, tls: { cert: cert!, key: key! } },
});
console.log(`${issuer} answers`);
