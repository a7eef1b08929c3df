import { promisify } from 'node:util';
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials as grpcCredentials,
} from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from './codec.js';
import { unreachable } from './status.js';

const OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  'grpc.keepalive_time_ms': 60_000,
};

const AWAY_MS = 5_000;

/** Options of the channel, and whom it trusts: `TlsFiles.client()`, or plaintext when left out. */
export interface ConnectionOptions extends ClientOptions {
  readonly credentials?: ChannelCredentials | undefined;
}

/** A balanced, lazily opened connection to a service; many typed clients share one. */
export class Connection {
  readonly client: Client;
  private awayUntilMs = 0;

  /**
   * Takes `host:port` (every address behind the name is used, round robin) or a target of gRPC's name syntax
   * (`ipv4:a:1,b:2`).
   */
  constructor(
    readonly address: string,
    { credentials = grpcCredentials.createInsecure(), ...options }: ConnectionOptions = {},
  ) {
    const target = /^(dns|ipv4|ipv6|unix):/.test(address) ? address : `dns:///${address}`;
    this.client = new Client(target, credentials, { ...OPTIONS, ...options });
  }

  /**
   * False for a while after a caller has waited in vain: others then learn at once that the peer is away,
   * unless it came back.
   */
  get worthWaiting(): boolean {
    return performance.now() >= this.awayUntilMs;
  }

  /** A caller has waited until its deadline for a peer that did not come. */
  waitedInVain(): void {
    this.awayUntilMs = performance.now() + AWAY_MS;
  }

  /**
   * Waits for a peer to answer; `rpc` is what it is wanted for. Throws `unavailable` UNREACHABLE when none
   * does in time.
   */
  async ready(timeoutMs: number, rpc: string): Promise<void> {
    try {
      await promisify(this.client.waitForReady.bind(this.client))(Date.now() + timeoutMs);
    } catch (error) {
      this.waitedInVain();
      throw unreachable(
        rpc,
        'no connection before the deadline',
        new Error(`${this.address} did not answer`, { cause: error }),
      );
    }
  }

  close(): void {
    this.client.close();
  }
}
