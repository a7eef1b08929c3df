import type { DescMethod, Message } from '@bufbuild/protobuf';
import { Inject, Injectable } from '@nestjs/common';
import { hostedByMany, services } from '@noema/contracts';
import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { type CallOptions, Connection, createClient, type TlsFiles, UNREACHABLE } from '@noema/grpc';
import { parseServiceName, SETTINGS } from '@noema/host';
import { DomainError } from '@noema/kernel';
import type { GatewayConfig } from '../config.js';
import { Reloading } from '../reloading.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { serviceNotConfigured, serviceUnknown } from './upstream.errors.js';

/** Options that the gateway adds to a call. */
export type UpstreamCall = Pick<CallOptions, 'signal' | 'timeoutMs' | 'headers'>;

type Invoke = (request: Message, options: CallOptions) => Promise<Message> & AsyncIterable<Message>;

/** Time in which the next instance of a service is found whose last one has ended, in milliseconds. */
const FIND_NEXT_MS = 2_000;

/** Names of all services behind the gateway that the contracts know, configured here or not. */
const KNOWN = [
  ...new Set(services.filter((s) => !hostedByMany.has(s) && s !== SessionService).map(parseServiceName)),
].sort();

/** The services behind the gateway: which one owns an RPC, and how to call it. */
@Injectable()
export class Upstreams {
  private readonly addresses: Readonly<Record<string, string>>;
  private readonly defaultTimeoutMs: number;
  /** Calls go in plaintext without. */
  private readonly tls: TlsFiles | undefined;
  private readonly connections = new Map<string, Connection>();
  private readonly breakers = new Map<string, CircuitBreaker>();
  private readonly clients = new Map<string, Record<string, Invoke>>();

  constructor(
    @Inject(SETTINGS) {
      services: addresses,
      requestTimeoutMs,
    }: Pick<GatewayConfig, 'services' | 'requestTimeoutMs'>,
    @Inject(Reloading) reloading: Reloading,
  ) {
    this.addresses = addresses;
    this.defaultTimeoutMs = requestTimeoutMs;
    this.tls = reloading.tls();
  }

  /** Names of the services that are configured. */
  get names(): string[] {
    return Object.keys(this.addresses)
      .filter((name) => KNOWN.includes(name))
      .sort();
  }

  /** Calls the service that owns the RPC. Throws its DomainError, or `unavailable`. */
  async call(method: DescMethod, request: Message, options: UpstreamCall): Promise<Message> {
    // throws for an unknown service before its name gets a circuit breaker
    const invoke = this.invoke(method, request);
    return this.guarded(
      findOwner(method, () => request),
      options,
      () => invoke(request, options),
    );
  }

  /** Opens a server stream; leaving the loop cancels it. */
  stream(method: DescMethod, request: Message, options: UpstreamCall): AsyncIterable<Message> {
    return this.invoke(method, request)(request, options);
  }

  connection(name: string): Connection {
    const known = this.connections.get(name);
    if (known !== undefined) return known;
    const address = Object.hasOwn(this.addresses, name) ? this.addresses[name] : undefined;
    if (address === undefined)
      throw KNOWN.includes(name) ? serviceNotConfigured(name) : serviceUnknown(name, KNOWN);
    const connection = new Connection(address, { credentials: this.tls?.client() });
    this.connections.set(name, connection);
    return connection;
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
    this.tls?.close();
  }

  private invoke(method: DescMethod, request: Message): Invoke {
    const owner = findOwner(method, () => request);
    const key = `${owner}/${method.parent.typeName}`;
    const client =
      this.clients.get(key) ??
      createClient(method.parent, { address: this.connection(owner), timeoutMs: this.defaultTimeoutMs });
    this.clients.set(key, client);
    const invoke = client[method.localName];
    if (invoke === undefined) throw new Error(`${method.toString()} has no client method`);
    return invoke;
  }

  private async guarded<T>(owner: string, options: UpstreamCall, work: () => Promise<T>): Promise<T> {
    const breaker = this.breakers.get(owner) ?? new CircuitBreaker({ service: owner });
    this.breakers.set(owner, breaker);
    breaker.enter();
    try {
      const answer = await work().catch(async (error: unknown) => {
        await this.findNext(owner, breaker, error);
        return work();
      });
      breaker.answered();
      return answer;
    } catch (error) {
      if (this.isAway(error, options)) breaker.notAnswered();
      else breaker.answered();
      throw error;
    }
  }

  /** Waits for the next instance of a service. Throws the error unless the call was not sent and there is one. */
  private async findNext(owner: string, breaker: CircuitBreaker, error: unknown): Promise<void> {
    if (!(error instanceof DomainError) || error.reason !== UNREACHABLE || !breaker.answers) throw error;
    await this.connection(owner)
      .ready(FIND_NEXT_MS, error.metadata['rpc'] ?? owner)
      .catch(() => {
        throw error;
      });
  }

  /** True if the transport failed, not the work. A deadline that the caller shortened proves nothing. */
  private isAway(error: unknown, { timeoutMs = this.defaultTimeoutMs }: UpstreamCall): boolean {
    if (!(error instanceof DomainError) || error.metadata['rpc'] === undefined) return false;
    return error.kind === 'unavailable' || (error.kind === 'timeout' && timeoutMs >= this.defaultTimeoutMs);
  }
}

/**
 * `noema.datasets.v1.…` belongs to `datasets`; jobs and artifacts belong to the service that the request
 * names.
 */
export function findOwner(method: DescMethod, request: () => Message): string {
  return hostedByMany.has(method.parent)
    ? (request() as Message & { service: string }).service
    : parseServiceName(method.parent);
}
