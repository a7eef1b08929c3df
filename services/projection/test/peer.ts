import type { DescService } from '@bufbuild/protobuf';
import { GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';

/** A provider that serves the RPCs of another service that this one asks; any other RPC is refused. */
export function peer<S extends DescService>(service: S, handlers: Partial<Handlers<S>>): new () => Handlers<S> {
  class Peer {}
  for (const { localName } of service.methods) {
    const handler: unknown = handlers[localName as keyof Handlers<S>] ?? (() => { throw new DomainError('unsupported', 'NOT_IN_TEST', `the test has no use for ${localName}`); });
    Object.defineProperty(Peer.prototype, localName, { value: handler, enumerable: true, writable: true });
  }
  GrpcService(service)(Peer as new () => Handlers<S>);
  return Peer as new () => Handlers<S>;
}
