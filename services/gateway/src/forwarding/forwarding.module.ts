import type { Provider } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { GrpcServer, HealthService, ReflectionService } from '@noema/grpc';
import { SETTINGS } from '@noema/host';
import type { Logger } from '@noema/observability';
import type { GatewayConfig } from '../config.js';
import { LOGGER } from '../tokens.js';
import { GrpcAdmission } from './grpc-admission.js';

/** The gRPC endpoint: health and reflection are served here, all other services are forwarded. */
export const forwardingProviders: Provider[] = [
  GrpcAdmission,
  { provide: HealthService, useFactory: () => new HealthService() },
  { provide: ReflectionService, useFactory: () => new ReflectionService() },
  {
    provide: GrpcServer,
    inject: [
      SETTINGS,
      LOGGER,
      GrpcAdmission,
      TokenVerifier,
      DiscoveryService,
      ExternalContextCreator,
      HealthService,
      ReflectionService,
    ],
    useFactory: (
      { grpcAddress: address, drainMs }: GatewayConfig,
      logger: Logger,
      forwarding: GrpcAdmission,
      verifier: TokenVerifier,
      ...nest: [DiscoveryService, ExternalContextCreator, HealthService, ReflectionService]
    ) => new GrpcServer({ address, drainMs, verifier, logger, service: 'gateway', forwarding }, ...nest),
  },
];
