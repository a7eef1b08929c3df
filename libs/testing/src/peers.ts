import 'reflect-metadata';
import type { DescService } from '@bufbuild/protobuf';
import type { Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { GrpcModule, GrpcServer, GrpcService, type Handlers, type TlsFiles } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { silentLogger } from '@noema/observability';

/** A fake of another service with some of its RPCs. */
export type Peer = new () => object;

/** Returns a fake of a service with the given RPCs. All others are rejected as `unsupported` NOT_IN_TEST. */
export function peer<S extends DescService>(service: S, handlers: Partial<Handlers<S>>): Peer {
  class Served {}
  for (const { localName } of service.methods) {
    const handler: unknown =
      handlers[localName as keyof Handlers<S>] ??
      (() => {
        throw new DomainError('unsupported', 'NOT_IN_TEST', `the test has no use for ${localName}`);
      });
    Object.defineProperty(Served.prototype, localName, { value: handler, enumerable: true, writable: true });
  }
  GrpcService(service)(Served as new () => Handlers<S>);
  return Served;
}

/**
 * A real gRPC server on a free port of 127.0.0.1 that plays all of these, classes or instances, and checks tokens
 * by the JWK set. With TLS where files are given.
 */
export async function startPeers(
  jwks: string,
  peers: readonly (Peer | object)[],
  tls?: TlsFiles,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  class Peers {}
  const grpc = GrpcModule.register({
    address: '127.0.0.1:0',
    verifier: new TokenVerifier({ jwks }),
    logger: silentLogger,
    drainMs: 200,
    tls,
  });
  const app = await NestFactory.createApplicationContext(
    { module: Peers, imports: [grpc], providers: peers.map(toProvider) },
    { logger: false },
  );
  return { address: `127.0.0.1:${app.get(GrpcServer, { strict: false }).port}`, close: () => app.close() };
}

const toProvider = (peer: Peer | object): Provider =>
  typeof peer === 'function' ? (peer as Peer) : { provide: peer.constructor, useValue: peer };
