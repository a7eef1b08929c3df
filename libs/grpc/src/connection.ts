import { Client, credentials, type ClientOptions } from '@grpc/grpc-js';
import { MAX_MESSAGE_BYTES } from './codec.js';

const OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  'grpc.keepalive_time_ms': 60_000,
};

/** A balanced, lazily opened connection to a service; many typed clients share one. */
export class Connection {
  readonly client: Client;

  /** Takes `host:port` (every address behind the name is used, round robin) or a target of gRPC's name syntax (`ipv4:a:1,b:2`). */
  constructor(readonly address: string, options: ClientOptions = {}) {
    const target = /^(dns|ipv4|ipv6|unix):/.test(address) ? address : `dns:///${address}`;
    this.client = new Client(target, credentials.createInsecure(), { ...OPTIONS, ...options });
  }

  close(): void {
    this.client.close();
  }
}
