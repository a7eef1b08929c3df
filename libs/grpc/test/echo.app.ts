import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { generateSigningKey, type Role, TokenSigner, TokenVerifier } from '@noema/auth';
import { createLogger } from '@noema/observability';
import { GrpcModule, GrpcServer, type GrpcServerOptions } from '../src/index.js';
import { EchoController } from './echo.service.js';

const key = await generateSigningKey();
export const TEAM = '0190a000-0000-7000-8000-000000000001';
export const signToken = async (role: Role, lifetimeS?: number): Promise<string> =>
  (await new TokenSigner(key).sign({ teamId: TEAM, subject: 'ann', role }, lifetimeS)).token;

/** A token of another team that may send the given number of requests per minute. */
export const signLimitedToken = async (
  role: Role,
  requestsPerMinute: number,
  teamId: string,
): Promise<string> =>
  (await new TokenSigner(key).sign({ teamId, subject: 'bob', role, requestsPerMinute })).token;

/** Starts an application with the given providers and a gRPC server on a free port of loopback. */
export async function startApp(
  providers: NonNullable<ModuleMetadata['providers']> = [EchoController],
  options: Partial<GrpcServerOptions> = {},
) {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({
    service: 'echo',
    level: 'info',
    destination: {
      write: (line: string) => {
        log.push(JSON.parse(line) as Record<string, unknown>);
      },
    },
  });
  class EchoModule {}
  const grpc = GrpcModule.register({
    address: '127.0.0.1:0',
    verifier: new TokenVerifier(key),
    logger,
    ...options,
  });
  const app = await NestFactory.createApplicationContext(
    { module: EchoModule, imports: [grpc], providers },
    { logger: false, abortOnError: false },
  );
  const server = app.get(GrpcServer, { strict: false });
  return { app, log, port: server.port, address: `127.0.0.1:${server.port}`, close: () => app.close() };
}
