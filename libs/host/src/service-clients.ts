import type { DescService } from '@bufbuild/protobuf';
import type { TokenSigner } from '@noema/auth';
import { type ClientOptions, Connection, createClient, type ServiceClient, type TlsFiles } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { LRUCache } from 'lru-cache';

const LIFETIME_S = 600;
const FRESH_MS = 120_000;
const CACHE_ENTRIES = 1000;

export interface ServiceClientsOptions {
  /** Name of the calling service, the subject of its tokens. */
  readonly caller: string;
  /** `host:port` by service name. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly signer: TokenSigner;
  /** Certificates. Default: plaintext. */
  readonly tls?: TlsFiles | undefined;
}

/** Typed clients of the other services. Each acts for one team. */
export class ServiceClients {
  private readonly connections = new Map<string, Connection>();
  private readonly tokens = new LRUCache<
    string,
    { readonly token: string; readonly keyId: string; readonly freshUntilMs: number }
  >({ max: CACHE_ENTRIES });

  constructor(private readonly options: ServiceClientsOptions) {}

  /**
   * Returns a client for a team. The service's name comes from its package (`noema.datasets.v1` →
   * `datasets`). A service that several processes host, such as JobService, needs `host`. Throws
   * `precondition` SERVICE_ADDRESS_MISSING if it is not configured.
   */
  of<S extends DescService>(
    service: S,
    teamId: string,
    host = parseServiceName(service),
    limits: Pick<ClientOptions, 'timeoutMs' | 'streamTimeoutMs'> = {},
  ): ServiceClient<S> {
    return createClient(service, {
      ...limits,
      address: this.connection(host),
      token: () => this.getToken(teamId),
      waitForReady: true,
    });
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private connection(host: string): Connection {
    const known = this.connections.get(host);
    if (known !== undefined) return known;
    const address = this.options.addresses[host];
    if (address === undefined) {
      throw new DomainError(
        'precondition',
        'SERVICE_ADDRESS_MISSING',
        `${this.options.caller} does not know where ${host} listens; add ${host}=host:port to NOEMA_SERVICES`,
        { metadata: { service: host } },
      );
    }
    const made = new Connection(address, { credentials: this.options.tls?.client() });
    this.connections.set(host, made);
    return made;
  }

  private async getToken(teamId: string): Promise<string> {
    const { signer } = this.options;
    const { keyId } = signer;
    const known = this.tokens.get(teamId);
    if (known !== undefined && known.freshUntilMs > performance.now() && known.keyId === keyId)
      return known.token;
    const { token } = await signer.sign(
      { teamId, subject: this.options.caller, role: 'service' },
      LIFETIME_S,
    );
    this.tokens.set(teamId, { token, keyId, freshUntilMs: performance.now() + LIFETIME_S * 1000 - FRESH_MS });
    return token;
  }
}

/** Name of the deployed service that owns a gRPC service of the contracts, such as `training`. */
export function parseServiceName(service: DescService): string {
  const name = /^noema\.([a-z]+)\./.exec(service.typeName)?.[1];
  if (name === undefined) throw new Error(`${service.typeName} is no service of Noema; name its host`);
  return name;
}
