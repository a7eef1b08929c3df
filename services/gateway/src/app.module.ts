import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { services } from '@noema/contracts';
import { comments } from '@noema/contracts/noema/comments';
import { SETTINGS } from '@noema/host';
import { RateLimits } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { RouteTable } from '@noema/rest';
import type { GatewayConfig } from './config.js';
import { AGENT_PATH, AgentEndpoint } from './agents/agent.endpoint.js';
import { AgentMiddleware } from './agents/agent.middleware.js';
import { credentialProviders } from './credential/credential.module.js';
import { forwardingProviders } from './forwarding/forwarding.module.js';
import { HealthController } from './health/health.controller.js';
import { ServiceHealth } from './health/service-health.js';
import { HttpDrain } from './http/http-drain.js';
import { ProblemFilter } from './http/problem.filter.js';
import { OpenApiController } from './open-api/open-api.controller.js';
import { OPEN_API_DOCUMENT, openApiDocument } from './open-api/open-api.document.js';
import { Page } from './page/page.js';
import { PageController } from './page/page.controller.js';
import { Reloading } from './reloading.js';
import { HttpAdmission } from './request/http-admission.js';
import { InFlight } from './request/in-flight.js';
import { sessionProviders } from './session/session.module.js';
import { OidcController } from './sign-in/oidc.controller.js';
import { signInProviders } from './sign-in/sign-in.module.js';
import { LOGGER } from './tokens.js';
import { Transcoder } from './transcoding/transcoder.js';
import { TranscodingMiddleware } from './transcoding/transcoding.middleware.js';
import { Upstreams } from './upstream/upstreams.js';

/** The gateway: pages, REST, gRPC and sign-in, in front of all services. */
@Module({})
export class AppModule implements NestModule {
  static register(config: GatewayConfig, logger: Logger, version: string): DynamicModule {
    return {
      module: AppModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, OpenApiController, OidcController, PageController],
      providers: [
        { provide: SETTINGS, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: APP_FILTER, useClass: ProblemFilter },
        Reloading,
        Upstreams,
        ServiceHealth,
        InFlight,
        { provide: RateLimits, useFactory: () => new RateLimits() },
        ...credentialProviders,
        ...signInProviders,
        ...sessionProviders,
        ...forwardingProviders,
        { provide: RouteTable, useFactory: () => new RouteTable(services) },
        HttpAdmission,
        Transcoder,
        AgentEndpoint,
        { provide: OPEN_API_DOCUMENT, useValue: () => openApiDocument({ services, comments, version }) },
        {
          provide: Page,
          useFactory: () => (config.pageDir === undefined ? undefined : Page.read(config.pageDir)),
        },
        HttpDrain,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TranscodingMiddleware).forRoutes('v1/{*path}');
    consumer.apply(AgentMiddleware).forRoutes(AGENT_PATH);
  }
}
