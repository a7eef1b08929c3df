import type { DynamicModule, Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { GrpcModule } from '@noema/grpc';
import { type AnyJobKind, JOB_SERVICE_NAME, JobController, JobStore, type WorkerOptions } from '@noema/jobs';
import type { RawBuilder } from 'kysely';
import { ArtifactController, SERVED_ARTIFACTS, type ServedArtifacts } from './artifact.controller.js';
import { Commands } from './commands.js';
import { Host } from './host.js';
import { LifeCycle } from './life-cycle.js';
import { NamedArtifacts } from './named-artifacts.js';
import { ServiceClients } from './service-clients.js';
import { WorkerLoop } from './worker-loop.js';

/** What a heavy service adds. */
export interface HostParts {
  /** Serves JobService over these jobs. */
  readonly jobs?: JobStore;
  /** Kinds of the jobs that are queued here, so that metrics tell of them before the first one comes. */
  readonly jobKinds?: readonly string[];
  /** What a worker can do. */
  readonly kinds?: readonly AnyJobKind[];
  /** Called when a job ends, in the transaction that ends it; give it to the JobStore as well. */
  readonly settled?: WorkerOptions['settled'];
  /** Serves ArtifactService: a query of one column `ref`, every artifact reference (jsonb) that a row of the service names. */
  readonly artifacts?: RawBuilder<unknown>;
}

/** The ground of an application: gRPC server for a service, workers for a worker, event relay and consumers, one shutdown. */
export class HostModule {
  static register(host: Host, parts: HostParts = {}): DynamicModule {
    const commands = host.config.databaseUrl === undefined ? [] : [{ provide: Commands, useFactory: () => host.commands() }];
    const providers: Provider[] = [
      { provide: Host, useValue: host },
      ...commands,
      { provide: ServiceClients, useFactory: () => host.clients() },
      { provide: LifeCycle, inject: [DiscoveryService], useFactory: (discovery: DiscoveryService) => new LifeCycle(host, discovery, parts.jobs === undefined ? undefined : parts.jobKinds ?? []) },
    ];
    if (parts.jobs !== undefined) {
      providers.push({ provide: JobStore, useValue: parts.jobs }, { provide: JOB_SERVICE_NAME, useValue: host.name });
      if (host.role === 'service') providers.push(JobController);
    }
    if (parts.artifacts !== undefined && host.role === 'service') {
      const served: ServedArtifacts = { service: host.name, named: new NamedArtifacts(host.database(), parts.artifacts), store: () => host.store() };
      providers.push({ provide: SERVED_ARTIFACTS, useValue: served }, ArtifactController);
    }
    if (host.role === 'worker') providers.push({ provide: WorkerLoop, useFactory: () => new WorkerLoop(host, parts.kinds ?? [], parts.settled) });
    const { grpcAddress = '127.0.0.1:0', drainMs = 5000, maxConnectionAgeMs = 300_000 } = host.config;
    const grpc = () => GrpcModule.register({ address: grpcAddress, verifier: host.verifier(), service: host.name, logger: host.logger, drainMs, maxConnectionAgeMs, tls: host.tls() });
    return {
      module: HostModule,
      global: true,
      imports: host.role === 'service' ? [DiscoveryModule, grpc()] : [DiscoveryModule],
      providers,
      exports: [Host, ...commands.map(({ provide }) => provide), ServiceClients, ...(parts.jobs === undefined ? [] : [JobStore])],
    };
  }
}
