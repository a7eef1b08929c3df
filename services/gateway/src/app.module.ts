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
import { SessionSeal } from './domain/session-seal.js';
import { SignInBackOff } from './domain/sign-in-back-off.js';
import { WorkspaceApiKeyExchanger } from './grpc/api-key.exchanger.js';
import { ServiceHealth } from './grpc/service-health.js';
import { Upstreams } from './grpc/upstreams.js';
import { Credentials } from './http/credentials.js';
import { HealthController } from './http/health.controller.js';
import { HttpDrain } from './http/http-drain.js';
import { OpenApiController } from './http/open-api.controller.js';
import { PAGE, PageController } from './http/page.controller.js';
import { Page } from './http/page.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SessionEndpoint } from './http/session.endpoint.js';
import { Transcoder } from './http/transcoder.js';
import { TranscodingMiddleware } from './http/transcoding.middleware.js';
import { OPEN_API_DOCUMENT, openApiDocument } from './openapi/open-api.document.js';

const SEAL = Symbol('seal of sessions');

/** The whole wiring of the gateway. */
@Module({})
export class AppModule implements NestModule {
  static register(config: GatewayConfig, logger: Logger, version: string): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, OpenApiController, PageController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: InFlight, useFactory: () => new InFlight(config.maxRequests) },
        { provide: Upstreams, useFactory: () => new Upstreams(config.services, config.requestTimeoutMs) },
        { provide: ServiceHealth, inject: [Upstreams], useFactory: (upstreams: Upstreams) => new ServiceHealth(upstreams) },
        { provide: AccessTokens, inject: [Upstreams], useFactory: (upstreams: Upstreams) => new AccessTokens(new WorkspaceApiKeyExchanger(upstreams)) },
        { provide: SEAL, useFactory: () => (config.sessionSecret === undefined ? undefined : new SessionSeal(config.sessionSecret)) },
        {
          provide: Credentials,
          inject: [AccessTokens, SEAL],
          useFactory: (tokens: AccessTokens, seal: SessionSeal | undefined) => new Credentials({ tokens, seal, verifier: new TokenVerifier({ jwks: config.authJwks }) }),
        },
        {
          provide: SessionEndpoint,
          inject: [AccessTokens, SEAL, Upstreams],
          useFactory: (tokens: AccessTokens, seal: SessionSeal | undefined, upstreams: Upstreams) => new SessionEndpoint({ tokens, seal, upstreams, backOff: new SignInBackOff() }),
        },
        {
          provide: Transcoder,
          inject: [Upstreams, Credentials, SessionEndpoint, InFlight],
          useFactory: (upstreams: Upstreams, credentials: Credentials, sessions: SessionEndpoint, inFlight: InFlight) => new Transcoder({ routes: new RouteTable(services), upstreams, credentials, sessions, inFlight, config, logger }),
        },
        { provide: OPEN_API_DOCUMENT, useFactory: () => openApiDocument({ services, comments, version }) },
        { provide: PAGE, useFactory: () => (config.pageDir === undefined ? undefined : Page.read(config.pageDir)) },
        HttpDrain,
        { provide: 'drainMs', useValue: config.drainMs },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TranscodingMiddleware).forRoutes('v1/{*path}');
  }
}
