import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { type Environment, loadConfig } from '@noema/config';
import { GrpcServer } from '@noema/grpc';
import { type RunningApp, startMonitoring, type StartOptions } from '@noema/host';
import { NOEMA_VERSION } from '@noema/kernel';
import { createLogger, NestLogger } from '@noema/observability';
import { AppModule } from './app.module.js';
import { type GatewayConfig, gatewaySettings } from './config.js';
import { HttpDrain } from './http/http-drain.js';
import { addressInUse } from './http/http.errors.js';
import { ServiceHealth } from './health/service-health.js';
import { limitConnections, wasRefused } from './http/connection-limits.js';
import { inRequestScope } from './request/request-scope.js';
import { setSecurityHeaders } from './http/security-headers.js';

const HEADERS_MS = 15_000;
const MIN_CONNECTIONS = 4_096;

/**
 * Starts the gateway in this process; `address` and `grpcAddress` of the result are where it listens. Throws
 * before it listens when settings are at fault, `precondition` ADDRESS_IN_USE when the port is taken.
 */
export async function startGateway(
  env: Environment,
  options: StartOptions = {},
): Promise<RunningApp<GatewayConfig> & { readonly grpcAddress: string }> {
  const config = loadConfig(gatewaySettings, env);
  const logger = options.logger ?? createLogger({ service: 'gateway', level: config.logLevel });
  const monitoring = await startMonitoring({ service: 'gateway', role: 'service', config, logger });
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.register(config, logger, NOEMA_VERSION),
    new ExpressAdapter(),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  ).catch((error: unknown) => monitoring.around(() => Promise.reject(error as Error)));
  app.disable('x-powered-by');
  app.set('etag', false);
  const drain = app.get(HttpDrain, { strict: false });
  app.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
    if (wasRefused(req.socket)) return;
    setSecurityHeaders(req, res);
    drain.watch(res);
    inRequestScope(logger, req, res, next);
  });
  const server: Server = app.getHttpServer();
  // The maximum leaves room for idle connections in addition to the active ones.
  limitConnections(server, {
    headersMs: HEADERS_MS,
    bodyMs: config.bodyTimeoutMs,
    maxConnections: Math.max(MIN_CONNECTIONS, 2 * config.maxRequests),
    maxPerAddress: maxPerAddress(config),
  });
  const [host, port] = splitAddress(config.httpAddress);
  await app.listen(port, host).catch(async (error: unknown) => {
    await monitoring.around(() => app.close());
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? addressInUse(config.httpAddress, error)
      : error;
  });
  const address = `${host}:${(server.address() as AddressInfo).port}`;
  const grpcAddress = `${splitAddress(config.grpcAddress)[0]}:${app.get(GrpcServer, { strict: false }).port}`;
  const health = app.get(ServiceHealth, { strict: false });
  // Once it has signed in it stays ready: every gateway would miss the workspace, and none would answer at all.
  let signedIn = false;
  const workspace = async (): Promise<void> => {
    if (!signedIn) await health.mustSignIn();
    signedIn = true;
  };
  monitoring.watch({ ready: [{ name: 'workspace', check: workspace }], live: [] });
  logger.info(
    { address, grpc: grpcAddress, ...(monitoring.address !== '' && { metrics: monitoring.address }) },
    'serving',
  );
  return {
    name: 'gateway',
    config,
    address,
    grpcAddress,
    metricsAddress: monitoring.address,
    app,
    close: () => monitoring.around(() => app.close()),
  };
}

/** Behind a proxy all come from its address, so the proxy has to bound them. */
const maxPerAddress = ({ trustedProxies, maxConnectionsPerAddress }: GatewayConfig): number =>
  trustedProxies > 0 ? 0 : maxConnectionsPerAddress;

function splitAddress(address: string): [string, number] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at).replace(/^\[|\]$/g, ''), Number(address.slice(at + 1))];
}
