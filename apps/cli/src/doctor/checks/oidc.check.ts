import { type Answer, type Check, fail, ok } from '../finding.js';
import type { Subject } from '../subject.js';

/** Whether the identity provider can be found and has keys. */
export function oidcChecks({ oidcIssuer }: Subject): Check[] {
  return oidcIssuer === undefined
    ? []
    : [
        {
          name: 'identity provider',
          advice: `see whether ${oidcIssuer} is right and reached from here`,
          look: (signal) => discover(oidcIssuer, signal),
        },
      ];
}

async function discover(issuer: string, signal: AbortSignal): Promise<Answer> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal });
  if (!answer.ok)
    return fail(
      `discovery answers ${answer.status}`,
      'NOEMA_OIDC_ISSUER has to be the issuer, without the path of discovery',
    );
  const found = (await answer.json()) as { issuer?: string; jwks_uri?: string };
  if (found.issuer !== issuer)
    return fail(
      `it calls itself "${String(found.issuer)}"`,
      'NOEMA_OIDC_ISSUER has to be exactly that: its tokens are refused otherwise',
    );
  const { keys = [] } = (await (await fetch(found.jwks_uri ?? '', { signal })).json()) as {
    keys?: unknown[];
  };
  return keys.length === 0
    ? fail('its key set is empty', 'see the provider')
    : ok(`${issuer}, ${keys.length} keys`);
}
