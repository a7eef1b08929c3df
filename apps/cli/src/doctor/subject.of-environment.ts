import { type Environment, loadConfig, secret, text } from '@noema/config';
import { databaseSettings, engineSettings, processSettings, storeSettings, trustSettings } from '@noema/host';
import * as z from 'zod';
import { SERVICE_NAMES } from './schemas.js';
import type { Subject } from './subject.js';

/** The settings of any service, the gateway's and the workspace's among them; all may be absent. */
const settings = z.object({
  services: processSettings.shape.services,
  tlsDir: processSettings.shape.tlsDir,
  authPrivateKey: processSettings.shape.authPrivateKey,
  authJwks: text().optional(),
  databaseUrl: databaseSettings.shape.databaseUrl.optional(),
  databaseAdminUrl: databaseSettings.shape.databaseAdminUrl,
  busUrl: databaseSettings.shape.busUrl,
  busCredentials: databaseSettings.shape.busCredentials,
  busTlsDir: databaseSettings.shape.busTlsDir,
  storeUrl: storeSettings.shape.storeUrl.optional(),
  storeAccessKey: storeSettings.shape.storeAccessKey,
  storeSecretKey: storeSettings.shape.storeSecretKey,
  engineBackend: engineSettings.shape.engineBackend,
  trustedIntegrations: trustSettings.shape.trustedIntegrations,
  secretsKey: secret(text().optional()),
  sessionSecret: secret(text().optional()),
  oidcIssuer: text().optional(),
});

/** The installation that the settings of a service, NOEMA_…, belong to. Throws `invalid` CONFIG_INVALID. */
export function subjectOfEnvironment(env: Environment, gateway: Subject['gateway']): Subject {
  const c = loadConfig(settings, env);
  const url = c.databaseAdminUrl ?? c.databaseUrl;
  const own = /^noema_(\w+)$/.exec(url === undefined ? '' : new URL(url).username)?.[1];
  return {
    // Only the settings of datasets say it.
    ...(c.trustedIntegrations && { trustedIntegrations: true }),
    gateway,
    tlsDir: c.tlsDir,
    engineBackend: c.engineBackend,
    oidcIssuer: c.oidcIssuer,
    services: Object.fromEntries(
      Object.entries(c.services).map(([name, address]) => [name, address.replace(/^ipv4:/, '').split(',')]),
    ),
    database: url === undefined ? undefined : { url, schemas: own === undefined ? SERVICE_NAMES : [own] },
    bus:
      url === undefined && c.busUrl === 'postgres:'
        ? undefined
        : { url: c.busUrl, credentials: c.busCredentials, tlsDir: c.busTlsDir },
    store:
      c.storeUrl === undefined
        ? undefined
        : { url: c.storeUrl, accessKey: c.storeAccessKey, secretKey: c.storeSecretKey },
    keys: {
      jwks: c.authJwks,
      privateKey: c.authPrivateKey,
      secretsKey: c.secretsKey,
      sessionSecret: c.sessionSecret,
    },
  };
}
