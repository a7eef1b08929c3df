import { setTimeout as delay } from 'node:timers/promises';
import { jobChannel, parseSignal } from '@noema/jobs';
import pg from 'pg';

const RETRY_MS = 500;
/** Shards that a worker has to do or, after a crash of the platform, to take back. */
const UNFINISHED = "state IN ('queued', 'running')";
/** Shards that no worker holds. */
const FREE = "state = 'queued' OR (state = 'running' AND lease_until < now())";

export interface QueueWatchOptions {
  /** URL of the superuser of the platform's database. */
  readonly adminUrl: string;
  /** Services with workers. Each has a schema of its name with the table `shard`. */
  readonly services: readonly string[];
  /** Called when a service has work, possibly several times. */
  readonly onWork: (service: string) => void;
  readonly onError: (error: Error) => void;
}

/**
 * Reports which services have queued or running shards, from before the start and later. A lost connection is
 * made again and looks at the tables first.
 */
export class QueueWatch {
  private readonly stopping = new AbortController();
  private client: pg.Client | undefined;
  /** Queries of the connection, one after the other. */
  private queries: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: QueueWatchOptions) {}

  /** Watches until `stop`. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.watch();
      } catch (error) {
        if (!this.stopping.signal.aborted) this.options.onError(error as Error);
      }
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  /**
   * Reports the service if it has shards now that no worker holds. A query that fails ends the connection: the
   * next one looks at all tables.
   */
  look(service: string): void {
    const { client } = this;
    if (client === undefined) return;
    this.queries = this.queries
      .then(() => this.report(client, service, FREE))
      .catch(() => client.end())
      .catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.client?.end().catch(() => undefined);
  }

  /** Returns when the connection ends. */
  private async watch(): Promise<void> {
    const { adminUrl, services, onWork } = this.options;
    const client = new pg.Client({ connectionString: adminUrl, keepAlive: true });
    this.client = client;
    const ended = new Promise<void>((resolve, reject) => {
      client.once('end', resolve);
      client.on('error', reject);
    });
    ended.catch(() => undefined); // also for a failure before the end is awaited
    const byChannel = new Map(services.map((service) => [jobChannel(service), service]));
    client.on('notification', ({ channel, payload = '' }) => {
      if (parseSignal(payload).what === 'queued') onWork(byChannel.get(channel)!);
    });
    const open = async (): Promise<void> => {
      await client.connect();
      await client.query([...byChannel.keys()].map((channel) => `LISTEN ${channel};`).join(' '));
      for (const service of services) await this.report(client, service, UNFINISHED);
    };
    try {
      this.queries = open();
      await this.queries;
      await ended;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async report(client: pg.Client, service: string, shards: string): Promise<void> {
    const { rows } = await client.query<{ busy: boolean }>(
      `SELECT EXISTS (SELECT FROM ${service}.shard WHERE ${shards}) AS busy`,
    );
    if (rows[0]!.busy) this.options.onWork(service);
  }
}
