import { availableParallelism } from 'node:os';
import { bootstrap } from './bootstrap.js';
import { DataDirectory, writeJson } from './data-directory.js';
import { lockDirectory } from './directory-lock.js';
import { gatewayEnvironment, serviceEnvironment } from './environment.js';
import { type Hosted, hostApart, hostHere, type HostOptions, hostWorkers } from './hosting.js';
import { LogFile } from './log-file.js';
import type { PlatformState } from './platform-state.js';
import { claimPort, loopbackAddresses } from './ports.js';
import { loadSecrets } from './secrets.js';
import { type CatalogEntry, GATEWAY, SERVICES } from './service-catalog.js';
import { SupervisedPostgres } from './supervised-postgres.js';

export interface PlatformOptions {
  readonly dataDir: string;
  /** Port of the gateway on 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /** True to give every service a process of its own. */
  readonly processes: boolean;
  /** Cores to use; those of the machine when left out. */
  readonly cores?: number;
  readonly logLevel?: string;
}

const GRACE_MS = 8_000;
const VERSION = '0.1.0';

/** A whole Noema on one machine: PostgreSQL, file store, every service, the workers, one supervisor. */
export class Platform {
  /** In the order of their start: the gateway is the last. */
  private readonly hosted: Hosted[] = [];
  private readonly workers: Hosted[] = [];
  private postgres: SupervisedPostgres | undefined;
  private release: (() => Promise<void>) | undefined;
  private log: LogFile | undefined;
  private phase: PlatformState['state'] = 'starting';
  private writing: Promise<void> = Promise.resolve();
  private readonly startTime = new Date().toISOString();

  private constructor(private readonly directory: DataDirectory, private readonly options: PlatformOptions, readonly url: string) {}

  /** Starts everything in order and returns when the gateway answers; on a fault everything is stopped again. */
  static async start(options: PlatformOptions): Promise<Platform> {
    const directory = new DataDirectory(options.dataDir);
    await directory.create();
    const release = await lockDirectory(directory.path);
    let platform: Platform | undefined;
    try {
      const port = await claimPort(options.port);
      platform = new Platform(directory, options, `http://127.0.0.1:${port}`);
      platform.release = release;
      await platform.run(port);
      return platform;
    } catch (error) {
      await (platform === undefined ? release() : platform.stop());
      throw error;
    }
  }

  /** Stops in the order in which nothing is lost: door, workers, services, database, lock. */
  async stop(): Promise<void> {
    this.phase = 'stopping';
    this.save();
    const [gateway, ...services] = this.hosted.splice(0).reverse();
    await gateway?.stop(GRACE_MS);
    await Promise.all(this.workers.splice(0).map((worker) => worker.stop(GRACE_MS)));
    await Promise.all(services.map((service) => service.stop(GRACE_MS)));
    await this.postgres?.stop();
    await this.writing;
    this.log?.event('info', 'the platform has ended');
    await this.release?.();
  }

  private async run(port: number): Promise<void> {
    this.log = new LogFile(this.directory.logs, 'platform');
    const secrets = await loadSecrets(this.directory.secrets);
    this.postgres = await SupervisedPostgres.start({
      directory: this.directory.postgres, password: secrets.postgresPassword, log: new LogFile(this.directory.logs, 'postgres'), onChange: () => { this.save(); },
    });
    const adminUrl = await this.postgres.database();
    const addresses = await loopbackAddresses(SERVICES.map((s) => s.name));
    const host = (entry: CatalogEntry): HostOptions => ({
      entry,
      env: {
        ...serviceEnvironment({ name: entry.name, adminUrl, store: this.directory.store, secrets, addresses, logLevel: this.options.logLevel ?? 'info' }),
        ...(entry === GATEWAY && gatewayEnvironment({ port, secrets })),
      },
      address: entry === GATEWAY ? `127.0.0.1:${port}` : addresses[entry.name]!,
      logs: this.directory.logs,
      onChange: () => { this.save(); },
    });
    await this.startServices(SERVICES.map(host));
    await bootstrap({ address: addresses['workspace']!, secrets, credentials: this.directory.credentials });
    await this.startServices([host(GATEWAY)]);
    const cores = this.options.cores ?? availableParallelism();
    for (const entry of SERVICES) this.workers.push(...hostWorkers(host(entry), entry.workers(cores)));
    this.phase = 'ready';
    this.save();
    await this.writing;
    this.log.event('info', 'the platform is ready', { url: this.url });
  }

  private async startServices(options: readonly HostOptions[]): Promise<void> {
    const start = this.options.processes ? hostApart : hostHere;
    const results = await Promise.allSettled(options.map(start));
    this.hosted.push(...results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : [])));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Writes `platform.json`, one write after the other. */
  private save(): void {
    this.writing = this.writing.then(() => writeJson(this.directory.state, this.state(), 0o644)).catch((error: unknown) => {
      this.log?.event('error', 'platform.json could not be written', { error: String(error) });
    });
  }

  private state(): PlatformState {
    return {
      version: VERSION,
      state: this.phase,
      pid: process.pid,
      url: this.url,
      startTime: this.startTime,
      postgres: { port: this.postgres?.port ?? 0, pid: this.postgres?.pid ?? 0 },
      services: this.hosted.map((h) => h.report()),
      workers: this.workers.map((h) => h.report()),
      logs: this.directory.logs,
    };
  }
}
