import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { services } from '@noema/contracts';
import { comments } from '@noema/contracts/noema/comments';
import type { Logger } from '@noema/observability';
import { RouteTable } from '@noema/rest';
import type { GatewayConfig } from './config.js';
import { AccessTokens } from './domain/access-tokens.js';
import { InFlight } from './domain/in-flight.js';
import { WorkspaceApiKeyExchanger } from './grpc/api-key.exchanger.js';
import { ServiceHealth } from './grpc/service-health.js';
import { Upstreams } from './grpc/upstreams.js';
import { HealthController } from './http/health.controller.js';
import { HttpDrain } from './http/http-drain.js';
import { IndexController } from './http/index.controller.js';
import { OpenApiController } from './http/open-api.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { Transcoder } from './http/transcoder.js';
import { TranscodingMiddleware } from './http/transcoding.middleware.js';
import { OPEN_API_DOCUMENT, openApiDocument } from './openapi/open-api.document.js';

/** The whole wiring of the gateway. */
@Module({})
export class AppModule implements NestModule {
  static register(config: GatewayConfig, logger: Logger, version: string): DynamicModule {
    return {
      module: AppModule,
      controllers: [IndexController, HealthController, OpenApiController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: InFlight, useFactory: () => new InFlight(config.maxRequests) },
        { provide: Upstreams, useFactory: () => new Upstreams(config.services, config.requestTimeoutMs) },
        { provide: ServiceHealth, inject: [Upstreams], useFactory: (upstreams: Upstreams) => new ServiceHealth(upstreams) },
        { provide: AccessTokens, inject: [Upstreams], useFactory: (upstreams: Upstreams) => new AccessTokens(new WorkspaceApiKeyExchanger(upstreams)) },
        {
          provide: Transcoder,
          inject: [Upstreams, AccessTokens, InFlight],
          useFactory: (upstreams: Upstreams, tokens: AccessTokens, inFlight: InFlight) => new Transcoder({ routes: new RouteTable(services), upstreams, tokens, verifier: new TokenVerifier({ jwks: config.authJwks }), inFlight, config, logger }),
        },
        { provide: OPEN_API_DOCUMENT, useFactory: () => openApiDocument({ services, comments, version }) },
        HttpDrain,
        { provide: 'drainMs', useValue: config.drainMs },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TranscodingMiddleware).forRoutes('v1/{*path}');
  }
}
