import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { HealthService } from './health.js';
import { ReflectionService } from './reflection.js';
import { GrpcServer, type GrpcServerOptions } from './server.js';

/**
 * Imports a gRPC server, which serves all providers of the application that are marked with `@GrpcService`.
 */
export class GrpcModule {
  static register(options: GrpcServerOptions): DynamicModule {
    return {
      module: GrpcModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: HealthService, useFactory: () => new HealthService() },
        { provide: ReflectionService, useFactory: () => new ReflectionService() },
        {
          provide: GrpcServer,
          inject: [DiscoveryService, ExternalContextCreator, HealthService, ReflectionService],
          useFactory: (
            d: DiscoveryService,
            c: ExternalContextCreator,
            h: HealthService,
            r: ReflectionService,
          ) => new GrpcServer(options, d, c, h, r),
        },
      ],
      exports: [GrpcServer, HealthService],
    };
  }
}
