import { lookup as resolveHost } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { DomainError } from '@noema/kernel';

/**
 * Addresses that are not public: of this machine, of private networks, of links (and with them the metadata services
 * of clouds), of carriers, of tests, of groups, and addresses that stand for others (IANA special-purpose registries).
 */
const REFUSED = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  REFUSED.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only global unicast is public. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  REFUSED.addSubnet(net, prefix, 'ipv6');

/** Whether an address belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !REFUSED.check(address, 'ipv4');
  return isIP(address) === 6 && GLOBAL.check(address, 'ipv6') && !REFUSED.check(address, 'ipv6');
}

/**
 * Checks the server that data are copied from. `allowed` are the hosts of the operator, with or without a port. Throws
 * `invalid` DATA_HOST_REFUSED for plain http and for an address that is not public.
 */
export function requireEndpoint(endpoint: URL, allowed: readonly string[]): void {
  if (isAllowed(endpoint, allowed)) return;
  if (endpoint.protocol !== 'https:') throw hostRefused(endpoint.host, 'is reached by http; use https');
  const host = bareHost(endpoint);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw hostRefused(endpoint.host, 'is not a public address');
}

/**
 * Resolves the host of an endpoint for each connection, so that a name that changes its address later is refused as
 * well. `undefined` for hosts that the operator allows.
 */
export function guardedLookup(endpoint: URL, allowed: readonly string[]): LookupFunction | undefined {
  if (isAllowed(endpoint, allowed)) return undefined;
  return (host, options, done) => {
    resolveHost(host, { ...options, all: true }, (error, addresses) => {
      const refused = addresses?.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses ?? [];
      if (error !== null) done(error, '', 0);
      else if (refused !== undefined || first === undefined)
        done(hostRefused(host, `has the address ${refused?.address}, which is not public`), '', 0);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

const isAllowed = (endpoint: URL, allowed: readonly string[]): boolean =>
  allowed.some((host) => host === endpoint.host || host === endpoint.hostname);

const hostRefused = (host: string, why: string): DomainError =>
  new DomainError(
    'invalid',
    'DATA_HOST_REFUSED',
    `data cannot be copied from ${host}, which ${why}; the operator can allow it by NOEMA_DATA_HOSTS`,
    { metadata: { host } },
  );
