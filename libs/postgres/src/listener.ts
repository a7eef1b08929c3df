import { backoff } from '@noema/kernel';
import pg from 'pg';
import { clientConfig, type PoolOptions } from './pool.js';

export interface Listening {
  stop(): Promise<void>;
}

type Handler = (payload: string | undefined) => void;

/** One connection that LISTENs for all channels of a process and reconnects when it is lost. */
export class Listener {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly closing = new AbortController();
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;

  constructor(private readonly options: PoolOptions) {}

  /**
   * Resolves once the channel is subscribed, or at once if the server is unavailable; the listener then
   * connects as soon as it can.
   */
  async listen(channel: string, handler: Handler): Promise<Listening> {
    const known = this.handlers.get(channel);
    const handlers = known ?? new Set<Handler>();
    handlers.add(handler);
    this.handlers.set(channel, handlers);
    if (this.client !== undefined) {
      if (known === undefined)
        await this.client.query(`LISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
    } else {
      this.connecting ??= this.connect();
      await this.connecting;
    }
    return {
      stop: async () => {
        await this.forget(channel, handler);
      },
    };
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.connecting?.catch(() => undefined);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async forget(channel: string, handler: Handler): Promise<void> {
    const handlers = this.handlers.get(channel);
    handlers?.delete(handler);
    if (handlers?.size !== 0) return;
    this.handlers.delete(channel);
    await this.client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => undefined);
  }

  private async connect(): Promise<void> {
    if (this.closing.signal.aborted) return;
    const client = new pg.Client(
      clientConfig({ ...this.options, applicationName: `noema-${this.options.schema}-listen` }),
    );
    client.on('notification', ({ channel, payload }) => {
      this.dispatch(channel, payload ?? '');
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (const channel of this.handlers.keys())
        await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch {
      void client.end().catch(() => undefined);
      this.reconnect(1);
      return;
    }
    this.client = client;
    client.once('end', () => {
      if (this.client !== client) return;
      this.client = undefined;
      this.reconnect(1);
    });
    for (const channel of this.handlers.keys()) this.dispatch(channel, undefined);
  }

  private reconnect(attempt: number): void {
    void backoff(attempt, 50, 1_000, this.closing.signal)
      .then(async () => {
        this.connecting = this.connect();
        await this.connecting;
      })
      .catch(() => undefined);
  }

  private dispatch(channel: string, payload: string | undefined): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }
}
