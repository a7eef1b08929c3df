import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, startCluster } from '@noema/embedded-postgres';
import { freePorts } from '@noema/local-servers';
import type { LogFile } from './log-file.js';

/** Durable as any server; bounded for a laptop. */
const SETTINGS = {
  shared_buffers: '128MB',
  max_connections: '300',
  log_min_messages: 'warning',
  wal_compression: 'on',
};
const RESTART_DELAY_MS = 200;

export interface PostgresOptions {
  readonly directory: string;
  readonly password: string;
  readonly log: LogFile;
  readonly onChange: () => void;
}

/** The embedded PostgreSQL, started again on the same port when it dies. */
export class SupervisedPostgres {
  private stopping = false;

  private constructor(
    private readonly options: PostgresOptions,
    private cluster: Cluster,
  ) {}

  static async start(options: PostgresOptions): Promise<SupervisedPostgres> {
    // A reserved port: no other program takes it while the server is started again.
    const [port] = await freePorts(1);
    const postgres = new SupervisedPostgres(options, await launch(options, port));
    postgres.watch();
    return postgres;
  }

  get port(): number {
    return this.cluster.port;
  }
  get pid(): number {
    return this.cluster.pid;
  }

  /** URL of the superuser for the platform's database, which is made when it is missing. */
  database(): Promise<string> {
    return this.cluster.createDatabase('noema');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.cluster.stop('fast');
  }

  private watch(): void {
    void this.cluster.ended.then(async (how) => {
      if (this.stopping) return;
      this.options.log.event('error', `PostgreSQL died (${how}) and is started again`);
      await this.restart();
    });
  }

  private async restart(): Promise<void> {
    while (!this.stopping) {
      try {
        this.cluster = await launch(this.options, this.cluster.port);
        this.watch();
        this.options.onChange();
        return;
      } catch (error) {
        this.options.log.event('error', 'PostgreSQL does not start', { error: (error as Error).message });
        await delay(RESTART_DELAY_MS);
      }
    }
  }
}

const launch = ({ directory, password, log }: PostgresOptions, port: number | undefined): Promise<Cluster> =>
  startCluster({
    directory,
    password,
    settings: SETTINGS,
    onLog: (line) => {
      log.event('info', line);
    },
    ...(port !== undefined && { port }),
  });
