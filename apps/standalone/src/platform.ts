import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NOEMA_VERSION } from '@noema/kernel';
import { freePorts } from '@noema/local-servers';
import type { ClusterServers } from './cluster-servers.js';
import { DataDirectory, writeJson } from './data-directory.js';
import { lockDirectory } from './directory-lock.js';
import type { Addresses } from './environment.js';
import type { Hosted, HostedWorker, HostOptions } from './hosting.js';
import { integrationIsolation } from './integration-isolation.js';
import { LogFile } from './log-file.js';
import { migrateApart } from './migrations.js';
import { makeTeam } from './operator.js';
import type { PlatformOptions } from './platform-options.js';
import type { PlatformState } from './platform-state.js';
import { claimGrpcPort, claimPort, loopbackAddresses } from './ports.js';
import { loadSecrets, type Secrets } from './secrets.js';
import type { QueueWatch } from './queue-watch.js';
import { type CatalogEntry, GATEWAY, SERVICES, WORKSPACE } from './service-catalog.js';
import { SupervisedPostgres } from './supervised-postgres.js';
import { countTeams } from './team-count.js';
import { type WorkerGroup, WorkerLoading } from './worker-loading.js';

const GRACE_MS = 8_000;
/** On a laptop a worker without work ends after this time and waits again, so that it holds no memory. */
const IDLE_EXIT_MS = 120_000;
/** SeaweedFS takes 15 s to end in its own way and loses nothing when it is killed. */
const SERVER_GRACE_MS = 2_000;

/**
 * Of each team of a cluster, so that none makes the others wait; fifty a second are more than a page or a
 * script at work sends.
 */
const REQUESTS_PER_MINUTE = '3000';

/**
 * A whole Noema on one machine under one supervisor, on its own means or on the servers that a cluster has.
 */
export class Platform {
  /** In the order of their start: the gateway is the last. */
  private readonly hosted: Hosted[] = [];
  private readonly workers: HostedWorker[] = [];
  private readonly servers: Hosted[] = [];
  private postgres: SupervisedPostgres | undefined;
  private ground: ClusterServers['env'] = {};
  private metricsPorts: number[] = [];
  private queues: QueueWatch | undefined;
  private release: (() => Promise<void>) | undefined;
  private log: LogFile | undefined;
  private phase: PlatformState['state'] = 'starting';
  private writing: Promise<void> = Promise.resolve();
  private readonly startTime = new Date().toISOString();

  private constructor(
    private readonly directory: DataDirectory,
    private readonly options: PlatformOptions,
    private readonly gateway: Pick<PlatformState, 'url' | 'grpcAddress'>,
  ) {}

  /** Where the gateway answers. */
  get url(): string {
    return this.gateway.url;
  }

  /**
   * Starts everything in order and returns when the gateway answers; on a fault everything is stopped again.
   */
  static async start(options: PlatformOptions): Promise<Platform> {
    const directory = new DataDirectory(options.dataDir);
    await directory.create();
    const release = await lockDirectory(directory.path);
    let platform: Platform | undefined;
    try {
      const port = await claimPort(options.port);
      const grpcPort = await claimGrpcPort(options.grpcPort, port, options.port === 0);
      platform = new Platform(directory, options, {
        url: `http://127.0.0.1:${port}`,
        grpcAddress: `127.0.0.1:${grpcPort}`,
      });
      platform.release = release;
      await platform.run(port, grpcPort);
      return platform;
    } catch (error) {
      await (platform === undefined ? release() : platform.stop());
      throw error;
    }
  }

  /** Stops in the order in which nothing is lost: door, workers, services, servers, database, lock. */
  async stop(): Promise<void> {
    this.phase = 'stopping';
    this.save();
    const [gateway, ...services] = this.hosted.splice(0).reverse();
    await gateway?.stop(GRACE_MS);
    await this.queues?.stop();
    for (const group of [this.workers.splice(0), services])
      await Promise.all(group.map((hosted) => hosted.stop(GRACE_MS)));
    await Promise.all([
      this.postgres?.stop(),
      ...this.servers.splice(0).map((hosted) => hosted.stop(SERVER_GRACE_MS)),
    ]);
    await this.writing;
    this.log?.event('info', 'the platform has ended');
    await this.release?.();
  }

  private async run(port: number, grpcPort: number): Promise<void> {
    const { cluster, cores = availableParallelism(), trustIntegrations: trusted = false } = this.options;
    // Before anything is started: without a sandbox the teams of a cluster would not be kept apart.
    const isolation =
      cluster === undefined ? undefined : await integrationIsolation({ trusted, single: false });
    this.log = new LogFile(this.directory.logs, 'platform');
    const secrets = await loadSecrets(
      this.directory.secrets,
      existsSync(join(this.directory.postgres, 'PG_VERSION')),
    );
    // A new database is made by a process of its own: meanwhile the code of the services is read here.
    const [adminUrl, { env: servers, storeKeys }] = await Promise.all([
      this.startPostgres(secrets),
      this.startServers(secrets),
      this.servesHere && Promise.all([...SERVICES, GATEWAY].map(({ load }) => load())),
    ]);
    // A laptop's platform listens on loopback for the one who owns the directory, unless an operator has made
    // more teams.
    const ground = {
      ...servers,
      ...(isolation ?? (await integrationIsolation({ trusted, single: (await countTeams(adminUrl)) < 2 }))),
    };
    this.ground = ground;
    const { gatewayEnvironment, ignoredSettings, serviceEnvironment } = await import('./environment.js');
    for (const name of ignoredSettings(process.env))
      this.log.event('warn', `${name} is ignored: this set-up decides it`, { name });
    const settings = new Map(
      await Promise.all(
        [...SERVICES, GATEWAY].map(async (entry) => [entry.name, await entry.settings()] as const),
      ),
    );
    const addresses = await loopbackAddresses(
      SERVICES.map((s) => s.name),
      cluster?.replicas ?? 1,
    );
    if (cluster !== undefined)
      this.metricsPorts = await freePorts(SERVICES.length * (cluster.replicas + cluster.workers) + 1);
    const environment = (entry: CatalogEntry): Record<string, string> =>
      serviceEnvironment({
        name: entry.name,
        settings: settings.get(entry.name)!,
        adminUrl,
        ground,
        storeKeys,
        secrets,
        addresses,
        logLevel: this.options.logLevel ?? 'info',
        // The workers of a service share the cores; more threads than cores only get into each other's way.
        engineThreads: Math.max(
          1,
          Math.floor(cores / Math.max(1, countWorkers(entry, cores, cluster?.workers))),
        ),
        shardsAtOnce: cluster === undefined ? (entry.shardsAtOnce ?? 1) : 1,
        idleExitMs: cluster === undefined ? IDLE_EXIT_MS : 0,
      });
    const admin = { NOEMA_DATABASE_ADMIN_URL: adminUrl };
    if (!this.servesHere)
      await Promise.all(
        SERVICES.map((entry) =>
          migrateApart(
            entry.name,
            { ...environment(entry), ...admin },
            new LogFile(this.directory.logs, `${entry.name}-migration`),
          ),
        ),
      );
    const services = SERVICES.flatMap((entry) =>
      this.replicas(entry, addresses, { ...environment(entry), ...(this.servesHere && admin) }),
    );
    await this.startServices(services);
    const { hostWorker } = await import('./hosting.js');
    const groups = SERVICES.map((entry) => ({
      service: entry.name,
      workers: names(`${entry.name}-worker`, countWorkers(entry, cores, cluster?.workers)).map((name) =>
        hostWorker(this.host(entry, name, environment(entry), ''), cluster === undefined),
      ),
    })).filter(({ workers }) => workers.length > 0);
    this.workers.push(...groups.flatMap(({ workers }) => workers));
    if (cluster === undefined) await this.letWorkersLoad(groups, adminUrl, cores);
    await Promise.all([
      this.makeTeams(addresses['workspace']![0]!, secrets, environment(WORKSPACE)),
      this.startServices([
        this.host(
          GATEWAY,
          GATEWAY.name,
          { ...environment(GATEWAY), ...gatewayEnvironment({ port, grpcPort, secrets }) },
          `127.0.0.1:${port}`,
        ),
      ]),
    ]);
    this.phase = 'ready';
    this.save();
    await this.writing;
    this.log.event('info', 'the platform is ready', { url: this.url });
  }

  /** Whether services are applications in this process. */
  private get servesHere(): boolean {
    return !this.options.processes && this.options.cluster === undefined;
  }

  /** On a laptop workers load when there is work for them, and only then; in a cluster they do not wait. */
  private async letWorkersLoad(
    groups: readonly WorkerGroup[],
    adminUrl: string,
    cores: number,
  ): Promise<void> {
    const { QueueWatch } = await import('./queue-watch.js');
    const loading = new WorkerLoading(groups, Math.max(1, cores - 1), (service) => {
      queues.look(service);
    });
    const queues = new QueueWatch({
      adminUrl,
      services: groups.map(({ service }) => service),
      onWork: (service) => {
        loading.want(service);
      },
      onError: (error) => this.log?.event('warn', 'the queues are not watched', { error: error.message }),
    });
    this.queues = queues;
    void queues.run();
  }

  private async startPostgres({ postgresPassword: password }: Secrets): Promise<string> {
    this.postgres = await SupervisedPostgres.start({
      directory: this.directory.postgres,
      password,
      log: new LogFile(this.directory.logs, 'postgres'),
      onChange: this.save,
    });
    return this.postgres.database();
  }

  /**
   * Starts the servers that a cluster has in addition to PostgreSQL; returns the settings by which services
   * find bus and store.
   */
  private async startServers(secrets: Secrets): Promise<Omit<ClusterServers, 'specs'>> {
    const { cluster } = this.options;
    if (cluster === undefined)
      return { env: { NOEMA_STORE_URL: pathToFileURL(this.directory.store).href }, storeKeys: {} };
    const [{ hostServer, serverReady }, { clusterServers }] = await Promise.all([
      import('./hosting.js'),
      import('./cluster-servers.js'),
    ]);
    const { specs, env, storeKeys } = await clusterServers({
      directory: this.directory,
      secrets,
      natsProgram: cluster.natsProgram,
    });
    this.servers.push(
      ...specs.map((spec) => hostServer(spec, { logs: this.directory.logs, onChange: this.save })),
    );
    await Promise.all(specs.map(serverReady));
    return { env: { NOEMA_TEAM_REQUESTS_PER_MINUTE: REQUESTS_PER_MINUTE, ...env }, storeKeys };
  }

  /** The team of a laptop is made through the API, the teams of a cluster by the operator's command. */
  private async makeTeams(
    address: string,
    secrets: Secrets,
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { cluster } = this.options;
    if (cluster === undefined)
      return (await import('./bootstrap.js')).bootstrap({
        team: 'local',
        address,
        secrets,
        credentials: this.directory.credentials,
      });
    for (const [i, team] of cluster.teams.entries()) {
      const credentials = i === 0 ? this.directory.credentials : this.directory.toCredentialsPath(team);
      if (!existsSync(credentials)) await makeTeam(team, env, credentials);
    }
  }

  private replicas(
    entry: CatalogEntry,
    addresses: Addresses,
    env: Readonly<Record<string, string>>,
  ): HostOptions[] {
    const of = addresses[entry.name]!;
    return names(entry.name, of.length).map((name, i) =>
      this.host(entry, name, { ...env, NOEMA_GRPC_ADDRESS: of[i]! }, of[i]!),
    );
  }

  private host(
    entry: CatalogEntry,
    name: string,
    env: Readonly<Record<string, string>>,
    address: string,
  ): HostOptions {
    const metrics = this.metricsPorts.pop();
    return {
      entry,
      name,
      env: { ...env, ...(metrics !== undefined && { NOEMA_METRICS_ADDRESS: `127.0.0.1:${metrics}` }) },
      address,
      logs: this.directory.logs,
      onChange: this.save,
    };
  }

  private async startServices(options: readonly HostOptions[]): Promise<void> {
    const { hostApart, hostHere } = await import('./hosting.js');
    const start = this.servesHere ? hostHere : hostApart;
    const results = await Promise.allSettled(options.map(start));
    this.hosted.push(...results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : [])));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Writes `platform.json`, one write after the other. */
  private readonly save = (): void => {
    this.writing = this.writing
      .then(() => writeJson(this.directory.state, this.state(), 0o644))
      .catch((error: unknown) => {
        this.log?.event('error', 'platform.json could not be written', { error: String(error) });
      });
  };

  private state(): PlatformState {
    return {
      version: NOEMA_VERSION,
      state: this.phase,
      pid: process.pid,
      ...this.gateway,
      startTime: this.startTime,
      setUp: this.options.cluster === undefined ? 'standalone' : 'cluster',
      trustedIntegrations: this.ground['NOEMA_TRUSTED_INTEGRATIONS'] === 'true',
      postgres: { port: this.postgres?.port ?? 0, pid: this.postgres?.pid ?? 0 },
      storeUrl: this.ground['NOEMA_STORE_URL'] ?? '',
      busUrl: this.ground['NOEMA_BUS_URL'] ?? 'postgres:',
      servers: this.servers.map((h) => h.report()),
      services: this.hosted.map((h) => h.report()),
      workers: this.workers.map((h) => h.report()),
      logs: this.directory.logs,
    };
  }
}

/** A cluster runs the same number of each; a laptop as many as the service can use. */
function countWorkers(entry: CatalogEntry, cores: number, each: number | undefined): number {
  const own = entry.workers(cores);
  return own === 0 ? 0 : (each ?? own);
}

/** One is called as its service; several are numbered from 1. */
const names = (name: string, count: number): string[] =>
  count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
