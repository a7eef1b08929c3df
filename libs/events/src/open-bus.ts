import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import type { Bus } from './bus.js';
import { JetStreamBus } from './jetstream/jetstream-bus.js';
import type { NatsTls } from './jetstream/nats-link.js';
import { PostgresBus } from './postgres/postgres-bus.js';

export interface BusParts {
  /** Database with the tables of the bus, if it uses Postgres. */
  readonly database: () => AnyDatabase;
  /** Text of a `.creds` file, an nkey seed, `user:password` or a token. */
  readonly credentials?: string | undefined;
  /**
   * Directory with `ca.crt` and, for client authentication, `tls.crt` and `tls.key`, for `tls://`. Default:
   * Node's certificate authorities.
   */
  readonly tlsDir?: string | undefined;
  /** Name of this process in the server's monitoring. */
  readonly name: string;
  /** Service of the process, whose stream it may configure. */
  readonly service?: string | undefined;
  readonly logger: Logger;
}

/**
 * Opens the bus that a URL names: `postgres:` for the service's own database,
 * `nats://host:port[,nats://…][?replicas=3]`, or `tls://…`, for JetStream. It connects at first use. Throws
 * `invalid` BUS_URL_INVALID.
 */
export function openBus(
  url: string,
  { database, credentials, tlsDir, name, service, logger }: BusParts,
): Bus {
  if (/^postgres:(\/\/)?$/.test(url)) return new PostgresBus(database(), { logger });
  const [list = '', query = ''] = url.split('?');
  const servers = list.split(',').map((server) => (URL.canParse(server) ? new URL(server) : undefined));
  const [first] = servers;
  const replicas = Number(new URLSearchParams(query).get('replicas') ?? 1);
  const valid =
    first !== undefined &&
    ['nats:', 'tls:'].includes(first.protocol) &&
    servers.every(
      (server) =>
        server !== undefined &&
        server.protocol === first.protocol &&
        server.hostname !== '' &&
        server.username === '',
    );
  if (!valid || !Number.isInteger(replicas) || replicas < 1 || replicas > 5) {
    throw new DomainError(
      'invalid',
      'BUS_URL_INVALID',
      `bus URL "${url}" names no known bus; use postgres: or ` +
        'nats://host:port[,nats://host:port][?replicas=1…5], tls:// to encrypt, and busCredentials to ' +
        'sign in',
    );
  }
  return new JetStreamBus({
    servers: servers.map((server) => `${server!.hostname}:${server!.port === '' ? '4222' : server!.port}`),
    credentials,
    name,
    service,
    logger,
    replicas,
    tls: first.protocol === 'tls:' ? tlsFiles(tlsDir) : undefined,
  });
}

function tlsFiles(directory: string | undefined): NatsTls | true {
  if (directory === undefined) return true;
  const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  return { caFile: join(directory, 'ca.crt'), ...(existsSync(certFile) && { certFile, keyFile }) };
}
