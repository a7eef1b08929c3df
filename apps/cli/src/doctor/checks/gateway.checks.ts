import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Check, fail, ok, skipped, warn } from '../finding.js';
import type { Subject } from '../subject.js';

const SKEW_S = 5;

/** Checks of the gateway and of the services behind it. */
export function gatewayChecks({ gateway, directory }: Subject): Check[] {
  if (gateway === undefined) return [];
  const { url, apiKey } = gateway;
  const advice = `see whether a gateway answers at ${url}, and whether it is reached from here`;
  return [
    { name: 'gateway', advice, look: (signal) => readiness(url, signal) },
    { name: 'sign-in', advice, look: (signal) => signIn(url, apiKey, signal) },
    ...(directory === undefined
      ? [
          { name: 'page of the gateway', advice, look: (signal: AbortSignal) => page(url, signal) },
          { name: 'clock of the gateway', advice, look: (signal: AbortSignal) => clock(url, signal) },
        ]
      : []),
  ];
}

/** The gateway gives each service one second; on a busy machine that may be too short once. */
async function readiness(url: string, signal: AbortSignal): Promise<Answer> {
  let answer = await oneLook(url, signal);
  for (let again = 0; answer.state === 'fail' && again < 3; again++) {
    await delay(500, undefined, { signal });
    answer = await oneLook(url, signal);
  }
  return answer;
}

async function oneLook(url: string, signal: AbortSignal): Promise<Answer> {
  const answer = await fetch(`${url}/readyz`, { signal });
  const { state, services } = (await answer.json()) as { state: string; services: Record<string, boolean> };
  const away = Object.entries(services)
    .filter(([, serves]) => !serves)
    .map(([name]) => name);
  if (!answer.ok)
    return fail(
      `it is ${state}; unavailable: ${away.join(', ') || 'no service'}`,
      'see the services that are unavailable; without workspace no user signs in',
    );
  return away.length === 0
    ? ok(`ready, with ${Object.keys(services).length} services`)
    : fail(
        `away: ${away.join(', ')}`,
        'see whether they run and whether the gateway reaches them (NOEMA_SERVICES, NetworkPolicy)',
      );
}

async function signIn(url: string, apiKey: string | undefined, signal: AbortSignal): Promise<Answer> {
  if (apiKey === undefined) return skipped('no API key is given');
  const answer = await fetch(`${url}/v1/self`, { headers: { authorization: `Bearer ${apiKey}` }, signal });
  if (answer.ok) return ok('the API key is good');
  const { reason = '' } = (await answer.json().catch(() => ({}))) as { reason?: string };
  return fail(
    `the gateway answers ${answer.status} ${reason} to the API key`,
    answer.status === 401
      ? "the key was deleted or is another installation's; or the signing keys of workspace and gateway " +
          'are not one pair'
      : 'see the log of the gateway by the trace id of its answer',
  );
}

async function page(url: string, signal: AbortSignal): Promise<Answer> {
  const text = await (await fetch(url, { signal, headers: { accept: 'text/html' } })).text();
  return text.includes('the page is not built')
    ? warn('the gateway serves no page', 'set NOEMA_PAGE_DIR to the built page')
    : ok('the page is served');
}

async function clock(url: string, signal: AbortSignal): Promise<Answer> {
  const date = (await fetch(`${url}/healthz`, { signal })).headers.get('date');
  if (date === null) return skipped('it does not report its time');
  const skewS = Math.round((new Date(date).getTime() - Date.now()) / 1000);
  return Math.abs(skewS) > SKEW_S
    ? warn(
        `its clock is ${Math.abs(skewS)} s ${skewS < 0 ? 'behind' : 'ahead of'} ours`,
        'synchronize the clocks (NTP)',
      )
    : ok('its clock goes with ours');
}
