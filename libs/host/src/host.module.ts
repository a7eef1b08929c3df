import type { DynamicModule, Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Outbox } from '@noema/events';
import { GrpcModule } from '@noema/grpc';
import { type AnyJobKind, JOB_SERVICE_NAME, JobController, JobStore, type WorkerOptions } from '@noema/jobs';
import { Database } from '@noema/postgres';
import { ArtifactController, SERVED_ARTIFACTS, type ServedArtifacts } from './artifact.controller.js';
import { ArtifactSweep } from './artifact-sweep.js';
import { keepAuditTrail } from './audit/audit-trail.js';
import { ChangeInterceptor } from './change.interceptor.js';
import { Commands } from './commands.js';
import { ProjectDeletedConsumer, TeamDeletedConsumer } from './deletion/deletion.consumers.js';
import { Purger } from './deletion/purger.js';
import { WorkspaceDeletions } from './deletion/workspace-deletions.js';
import { Host } from './host.js';
import { JobWorker } from './job-worker.js';
import { LifeCycle } from './life-cycle.js';
import {
  MethodController,
  type MethodRegistries,
  SERVED_METHODS,
  type ServedMethods,
} from './method.controller.js';
import { NamedArtifacts } from './named-artifacts.js';
import { ServiceClients } from './service-clients.js';
import { ARTIFACT_STORE, SETTINGS } from './tokens.js';
import { UsageReporter } from './usage/usage-reporter.js';
import { WorkerLoop } from './worker-loop.js';

/** Injection token of the check for the device. */
const DEVICE = Symbol('noema:device');

/** Additional parts of a heavy service. */
export interface HostParts {
  /** Serves JobService over these jobs. */
  readonly jobs?: JobStore;
  /** Kinds of jobs that this process queues, so that metrics report them before the first job. */
  readonly jobKinds?: readonly string[];
  /** Kinds of jobs that a worker does; by default the kinds of its `JobWorker`s. */
  readonly kinds?: readonly AnyJobKind[];
  /**
   * Called when a job ends, in the transaction that ends it. Pass it to the JobStore as well. Default: the
   * `settled` of the job's `JobWorker`.
   */
  readonly settled?: WorkerOptions['settled'];
  /** Rejects when the machine lacks the device of `engineBackend`; a worker does not start without it. */
  readonly requireDevice?: (backend: string) => Promise<void>;
  /** Methods that MethodService lists; every service with jobs serves it. */
  readonly methods?: MethodRegistries;
}

/**
 * Common providers of every service and worker: settings, database, store, clients, outbox, the gRPC server of
 * a service, the loop of a worker, event relay and consumers, one shutdown.
 */
export class HostModule {
  static register(host: Host, parts: HostParts = {}): DynamicModule {
    const { databaseUrl, storeUrl } = host.config;
    const commands =
      databaseUrl === undefined ? [] : [{ provide: Commands, useFactory: () => host.commands() }];
    const shared = [
      { provide: Host, useValue: host },
      { provide: SETTINGS, useValue: host.config },
      ...commands,
      ...(databaseUrl === undefined
        ? []
        : [
            { provide: Database, useFactory: () => host.database() },
            { provide: Outbox, useFactory: () => host.outbox() },
          ]),
      ...(storeUrl === undefined ? [] : [{ provide: ARTIFACT_STORE, useFactory: () => host.store() }]),
    ];
    const providers: Provider[] = [
      ...shared,
      { provide: ServiceClients, useFactory: () => host.clients() },
      {
        provide: LifeCycle,
        inject: [DiscoveryService],
        useFactory: (discovery: DiscoveryService) =>
          new LifeCycle(host, discovery, parts.jobs === undefined ? undefined : (parts.jobKinds ?? [])),
      },
    ];
    if (parts.jobs !== undefined && host.role === 'service') providers.push(...ofTeams(host));
    if (parts.jobs !== undefined) {
      providers.push(
        { provide: JobStore, useValue: parts.jobs },
        { provide: JOB_SERVICE_NAME, useValue: host.name },
      );
      const methods: ServedMethods = { service: host.name, registries: parts.methods ?? {} };
      if (host.role === 'service')
        providers.push({ provide: SERVED_METHODS, useValue: methods }, JobController, MethodController);
    }
    const { artifacts } = host;
    if (artifacts !== undefined && host.role === 'service') {
      const served: ServedArtifacts = {
        service: host.name,
        named: new NamedArtifacts(host.database(), artifacts.named),
        store: () => host.store(),
      };
      providers.push({ provide: SERVED_ARTIFACTS, useValue: served }, ArtifactController, {
        provide: ArtifactSweep,
        useFactory: () => new ArtifactSweep(host, artifacts),
      });
    }
    const { requireDevice } = parts;
    const { engineBackend } = host.config;
    if (requireDevice !== undefined && engineBackend !== undefined)
      providers.push({ provide: DEVICE, useFactory: () => requireDevice(engineBackend) });
    if (host.role === 'worker')
      providers.push({
        provide: WorkerLoop,
        inject: [DiscoveryService],
        useFactory: (discovery: DiscoveryService) =>
          new WorkerLoop(host, () => findWorkers(discovery), parts),
      });
    const { grpcAddress = '127.0.0.1:0', drainMs = 5000, maxConnectionAgeMs = 300_000 } = host.config;
    // A team that floods the service gets half of the database connections. Calls of other teams, and
    // streams, find a free one.
    const callsAtOnce = host.config.databaseConnections ?? 8;
    const grpc = () =>
      GrpcModule.register({
        address: grpcAddress,
        verifier: host.verifier(),
        service: host.name,
        logger: host.logger,
        drainMs,
        maxConnectionAgeMs,
        callsAtOnce,
        tls: host.tls(),
      });
    return {
      module: HostModule,
      global: true,
      imports: host.role === 'service' ? [DiscoveryModule, grpc()] : [DiscoveryModule],
      providers,
      exports: [
        ...shared.map(({ provide }) => provide),
        ServiceClients,
        ...(parts.jobs === undefined ? [] : [JobStore]),
      ],
    };
  }
}

/** Returns the job workers that the application provides. */
const findWorkers = (discovery: DiscoveryService): JobWorker[] =>
  discovery.getProviders().flatMap(({ instance }) => (instance instanceof JobWorker ? [instance] : []));

/**
 * Providers for teams in a service with jobs: usage reports, audit log, and removal of deleted teams' data.
 */
function ofTeams(host: Host): Provider[] {
  const deletions = new WorkspaceDeletions(() => host.clients());
  const [reporter, purger] = [
    new UsageReporter(host).start(),
    new Purger(host.database(), deletions, host.logger).start(),
  ];
  host.onClose(() => reporter.stop());
  host.onClose(() => purger.stop());
  keepAuditTrail(host.database(), host.outbox());
  return [
    { provide: UsageReporter, useValue: reporter },
    { provide: Purger, useValue: purger },
    { provide: APP_INTERCEPTOR, useClass: ChangeInterceptor },
    { provide: TeamDeletedConsumer, useValue: new TeamDeletedConsumer(host.name, purger) },
    { provide: ProjectDeletedConsumer, useValue: new ProjectDeletedConsumer(host.name, purger) },
  ];
}
