import type { DescService } from '@bufbuild/protobuf';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { Connection, createClient, type ServiceClient } from '@noema/grpc';
import { parseServiceName } from '@noema/host';
import type { PlatformState } from '@noema/standalone';

/**
 * A team as a program sees it that speaks gRPC to each service itself: an API key, exchanged for a token, and
 * nothing of the gateway.
 */
export class GrpcTeam {
  private readonly connections = new Map<string, Connection>();

  private constructor(
    private readonly addresses: ReadonlyMap<string, string>,
    readonly token: string,
  ) {}

  static async signIn({ services }: PlatformState, apiKey: string): Promise<GrpcTeam> {
    const addresses = new Map(services.map(({ name, address }) => [name, address]));
    const tokens = createClient(TokenService, { address: addresses.get('workspace')! });
    const { accessToken } = await tokens.exchangeApiKey({ apiKey });
    tokens.close();
    return new GrpcTeam(addresses, accessToken);
  }

  /** The service at its own address; one that several host, such as JobService, at that of `host`. */
  of<S extends DescService>(service: S, host = parseServiceName(service)): ServiceClient<S> {
    const connection = this.connections.get(host) ?? new Connection(this.addresses.get(host)!);
    this.connections.set(host, connection);
    return createClient(service, { address: connection, token: this.token, timeoutMs: 60_000 });
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }
}
