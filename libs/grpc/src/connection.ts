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
  // A rolling update replaces the only address of a name; gRPC itself would look for the new one after 30 s.
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  'grpc.keepalive_time_ms': 60_000,
};

const AWAY_MS = 5_000;

/** Options of the channel, and its credentials: `TlsFiles.client()`. Default: plaintext. */
export interface ConnectionOptions extends ClientOptions {
  readonly credentials?: ChannelCredentials | undefined;
}

/** A load-balanced connection to a service, opened at first use. Several typed clients can share it. */
export class Connection {
  readonly client: Client;
  private awayUntilMs = 0;

  /**
   * Takes `host:port` (uses every address of the name, round robin) or a target in gRPC's name syntax
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
   * False for a while after a caller has waited in vain, unless the peer has returned. Other callers then
   * fail at once.
   */
  get worthWaiting(): boolean {
    return performance.now() >= this.awayUntilMs;
  }

  /** Records that a caller has waited until its deadline for an unavailable peer. */
  waitedInVain(): void {
    this.awayUntilMs = performance.now() + AWAY_MS;
  }

  /**
   * Waits until a peer is connected; `rpc` is the method for the error. Throws `unavailable` UNREACHABLE if
   * none is connected in time.
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
