import { jetstream, type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { backoff } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { busUnavailable, busOpen, isBusOpen } from './jetstream.errors.js';
import { formatInbox } from './permissions.js';

/** Paths of the client's certificate files. They are read at each connection. */
export interface NatsTls {
  readonly caFile: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface NatsLinkOptions {
  /** `host:port` of one or more servers of a cluster. */
  readonly servers: readonly string[];
  /** Text of a `.creds` file, an nkey seed, `user:password` or a token. Default: the client certificate. */
  readonly credentials?: string | undefined;
  /** Encrypts the connection. */
  readonly tls?: NatsTls | true | undefined;
  /** Name of this client in the server's monitoring. */
  readonly name: string;
  readonly logger: Logger;
}

export interface Linked {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Prefix of the subjects of our inboxes. */
  readonly inboxPrefix: string;
}

/** How long a caller waits for the first connection before it fails with BUS_UNAVAILABLE. */
const FIRST_MS = 2_000;
/** Timeout of a request. */
const ANSWER_MS = 5_000;

/** One connection to NATS. It opens at first use and reconnects until it is closed. */
export class NatsLink {
  private linked: Linked | undefined;
  private opening: Promise<Linked> | undefined;
  private up = false;
  private readonly stopping = new AbortController();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: NatsLinkOptions) {}

  /**
   * Returns the connection. Throws `unavailable` BUS_UNAVAILABLE soon if the server cannot be reached,
   * `precondition` BUS_OPEN if the server requires no credentials.
   */
  async need(): Promise<Linked> {
    if (this.stopping.signal.aborted) throw busUnavailable('it was closed');
    if (this.linked !== undefined) {
      if (!this.up) throw busUnavailable('the connection was lost and is being made again');
      return this.linked;
    }
    this.opening ??= this.open().finally(() => {
      this.opening = undefined;
    });
    this.opening.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(busUnavailable(`nothing answers at ${this.options.servers.join(', ')}`));
      }, FIRST_MS);
    });
    try {
      return await Promise.race([this.opening, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls the listener after each reconnection. Returns the function that unsubscribes it. */
  onReturn(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.opening?.catch(() => undefined);
    await this.linked?.nc.close();
  }

  private async open(): Promise<Linked> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.connect();
      } catch (error) {
        if (isBusOpen(error)) throw error;
        if (failures === 1)
          this.options.logger.warn(
            { err: error, servers: this.options.servers },
            'the bus cannot be reached; trying on',
          );
        await backoff(failures, 100, 2_000, this.stopping.signal);
      }
    }
  }

  private async connect(): Promise<Linked> {
    const { servers, name, tls } = this.options;
    const options: NodeConnectionOptions = {
      servers: [...servers],
      name,
      timeout: ANSWER_MS,
      reconnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      // Credentials may be wrong for a while, while both sides change them.
      ignoreAuthErrorAbort: true,
      pingInterval: 10_000,
      maxPingOut: 2,
      ...(tls !== undefined && { tls: tls === true ? {} : { ...tls } }),
    };
    const { authenticator, user } = parseSignIn(this.options.credentials);
    const inboxPrefix = user === undefined ? '_INBOX' : formatInbox(user);
    const nc = await connect({ ...options, ...(authenticator && { authenticator }), inboxPrefix });
    if (nc.info?.auth_required !== true && nc.info?.tls_verify !== true) {
      await nc.close();
      throw busOpen(servers);
    }
    const api = { timeout: ANSWER_MS };
    const linked: Linked = {
      nc,
      inboxPrefix,
      js: jetstream(nc, api),
      jsm: await jetstreamManager(nc, { ...api, checkAPI: false }),
    };
    this.linked = linked;
    this.up = true;
    void this.follow(nc);
    if (this.stopping.signal.aborted) await nc.close();
    return linked;
  }

  private async follow(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        this.options.logger.warn(
          { server: status.server },
          'the connection to the bus was lost; making it again',
        );
      } else if (status.type === 'reconnect') {
        this.up = true;
        this.options.logger.info({ server: status.server }, 'the bus is back');
        for (const listener of [...this.listeners]) listener();
      }
    }
    this.up = false;
    this.linked = undefined;
  }
}

/**
 * Returns the authentication of a connection. The name of a user is also the prefix of its inboxes, which its
 * permissions refer to.
 */
function parseSignIn(credentials = ''): { readonly authenticator?: Authenticator; readonly user?: string } {
  const text = credentials.trim();
  if (text === '') return {};
  const bytes = new TextEncoder().encode(text);
  if (text.includes('BEGIN NATS USER JWT')) return { authenticator: credsAuthenticator(bytes) };
  if (/^SU[A-Z2-7]{56}$/.test(text)) return { authenticator: nkeyAuthenticator(bytes) };
  const colon = text.indexOf(':');
  if (colon < 0) return { authenticator: tokenAuthenticator(text) };
  const user = text.slice(0, colon);
  return {
    authenticator: usernamePasswordAuthenticator(user, text.slice(colon + 1)),
    ...(/^[\w-]+$/.test(user) && { user }),
  };
}
