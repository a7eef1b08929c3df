import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule, DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { services } from '@noema/contracts';
import { comments } from '@noema/contracts/noema/comments';
import { GrpcServer, HealthService, ReflectionService } from '@noema/grpc';
import { RateLimits } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { RouteTable } from '@noema/rest';
import type { GatewayConfig } from './config.js';
import { AccessTokens } from './credential/access-tokens.js';
import { CallerAuthorization } from './credential/caller-authorization.js';
import { InFlight } from './request/in-flight.js';
import { SessionSeal } from './session/session-seal.js';
import { SignInBackOff } from './session/sign-in-back-off.js';
import { WorkspaceExchanger } from './peers/workspace.exchanger.js';
import { GrpcAdmission } from './forwarding/grpc-admission.js';
import { ServiceHealth } from './health/service-health.js';
import { Upstreams } from './upstream/upstreams.js';
import { Credentials } from './credential/request-credentials.js';
import { HealthController } from './health/health.controller.js';
import { HttpDrain } from './http/http-drain.js';
import { OIDC_PARTS, OidcController, type OidcParts } from './sign-in/oidc.controller.js';
import { OpenApiController } from './open-api/open-api.controller.js';
import { PAGE, PageController } from './page/page.controller.js';
import { Page } from './page/page.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SessionEndpoint } from './session/session.endpoint.js';
import { SessionTeams } from './session/session-teams.js';
import { Transcoder } from './transcoding/transcoder.js';
import { TranscodingMiddleware } from './transcoding/transcoding.middleware.js';
import { OPEN_API_DOCUMENT, openApiDocument } from './open-api/open-api.document.js';
import { type People, peopleOf } from './sign-in/sign-in.providers.js';
import { Reloading } from './reloading.js';

const SEAL = Symbol('seal of sessions');
const PEOPLE = Symbol('sign-in of people');

/** The whole wiring of the gateway. */
@Module({})
export class AppModule implements NestModule {
  static register(config: GatewayConfig, logger: Logger, version: string): DynamicModule {
    return {
      module: AppModule,
      imports: [DiscoveryModule],
      controllers: [HealthController, OpenApiController, OidcController, PageController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: InFlight, useFactory: () => new InFlight(config.maxRequests) },
        { provide: Reloading, useFactory: () => new Reloading(config, logger) },
        {
          provide: Upstreams,
          inject: [Reloading],
          useFactory: (reloading: Reloading) =>
            new Upstreams(config.services, config.requestTimeoutMs, reloading.tls()),
        },
        {
          provide: ServiceHealth,
          inject: [Upstreams],
          useFactory: (upstreams: Upstreams) => new ServiceHealth(upstreams),
        },
        {
          provide: PEOPLE,
          inject: [Upstreams, Reloading],
          useFactory: (upstreams: Upstreams, reloading: Reloading) => peopleOf(config, upstreams, reloading),
        },
        {
          provide: AccessTokens,
          inject: [Upstreams, PEOPLE],
          useFactory: (upstreams: Upstreams, people: People | undefined) =>
            new AccessTokens(new WorkspaceExchanger(upstreams, people?.identities)),
        },
        {
          provide: SEAL,
          inject: [Reloading],
          useFactory: (reloading: Reloading) =>
            config.sessionSecret === undefined
              ? undefined
              : reloading.followed(
                  'sessionSecret',
                  new SessionSeal(config.sessionSecret),
                  (seal, secrets) => {
                    seal.replaceSecrets(secrets);
                  },
                ),
        },
        {
          provide: TokenVerifier,
          inject: [Reloading],
          useFactory: (reloading: Reloading) =>
            reloading.followed('authJwks', new TokenVerifier({ jwks: config.authJwks }), (v, jwks) => {
              v.replaceKeys(jwks);
            }),
        },
        {
          provide: CallerAuthorization,
          inject: [AccessTokens, TokenVerifier],
          useFactory: (tokens: AccessTokens, verifier: TokenVerifier) =>
            new CallerAuthorization(tokens, verifier),
        },
        { provide: RateLimits, useFactory: () => new RateLimits() },
        {
          provide: Credentials,
          inject: [CallerAuthorization, SEAL],
          useFactory: (callers: CallerAuthorization, seal: SessionSeal | undefined) =>
            new Credentials({ callers, seal }),
        },
        { provide: HealthService, useFactory: () => new HealthService() },
        { provide: ReflectionService, useFactory: () => new ReflectionService() },
        {
          provide: GrpcAdmission,
          inject: [Upstreams, CallerAuthorization, InFlight, RateLimits],
          useFactory: (
            upstreams: Upstreams,
            callers: CallerAuthorization,
            inFlight: InFlight,
            rates: RateLimits,
          ) => new GrpcAdmission({ upstreams, callers, inFlight, rates, timeoutMs: config.requestTimeoutMs }),
        },
        {
          provide: GrpcServer,
          inject: [
            GrpcAdmission,
            TokenVerifier,
            DiscoveryService,
            ExternalContextCreator,
            HealthService,
            ReflectionService,
          ],
          useFactory: (
            forwarding: GrpcAdmission,
            verifier: TokenVerifier,
            d: DiscoveryService,
            c: ExternalContextCreator,
            h: HealthService,
            r: ReflectionService,
          ) =>
            new GrpcServer(
              {
                address: config.grpcAddress,
                verifier,
                logger,
                service: 'gateway',
                drainMs: config.drainMs,
                forwarding,
              },
              d,
              c,
              h,
              r,
            ),
        },
        {
          provide: OIDC_PARTS,
          inject: [PEOPLE, SEAL],
          useFactory: (people: People | undefined, seal: SessionSeal | undefined): OidcParts => ({
            signIn: people?.signIn,
            seal,
            logger,
          }),
        },
        {
          provide: SessionEndpoint,
          inject: [AccessTokens, SEAL, Upstreams, Credentials, PEOPLE],
          useFactory: (
            tokens: AccessTokens,
            seal: SessionSeal | undefined,
            upstreams: Upstreams,
            credentials: Credentials,
            people: People | undefined,
          ) => {
            const teams = new SessionTeams({ tokens, seal, upstreams, identities: people?.identities });
            return new SessionEndpoint({
              tokens,
              seal,
              upstreams,
              credentials,
              teams,
              provider: people?.signIn.provider,
              backOff: new SignInBackOff(),
              trustedProxies: config.trustedProxies,
            });
          },
        },
        {
          provide: Transcoder,
          inject: [Upstreams, Credentials, SessionEndpoint, InFlight, RateLimits],
          useFactory: (
            upstreams: Upstreams,
            credentials: Credentials,
            sessions: SessionEndpoint,
            inFlight: InFlight,
            rates: RateLimits,
          ) =>
            new Transcoder({
              rates,
              routes: new RouteTable(services),
              upstreams,
              credentials,
              sessions,
              inFlight,
              config,
              logger,
            }),
        },
        { provide: OPEN_API_DOCUMENT, useFactory: () => openApiDocument({ services, comments, version }) },
        {
          provide: PAGE,
          useFactory: () => (config.pageDir === undefined ? undefined : Page.read(config.pageDir)),
        },
        HttpDrain,
        { provide: 'drainMs', useValue: config.drainMs },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TranscodingMiddleware).forRoutes('v1/{*path}');
  }
}
