import type { MessageInitShape } from '@bufbuild/protobuf';
import { Inject } from '@nestjs/common';
import { methodMessage } from '@noema/contracts';
import {
  type ListMethodsRequest,
  type ListMethodsResponseSchema,
  MethodService,
} from '@noema/contracts/noema/methods/v1/method_service';
import { GrpcService, type Handlers } from '@noema/grpc';
import { DomainError, type MethodDescriptor, type Registry } from '@noema/kernel';

/** The registries of a service by the kind of their methods. */
export type MethodRegistries = Readonly<Record<string, Pick<Registry<MethodDescriptor>, 'values'>>>;

/** Methods that MethodService lists. */
export interface ServedMethods {
  /** Name of the service in `/v1/{service}/methods`. */
  readonly service: string;
  readonly registries: MethodRegistries;
}

/** Injection token of the `ServedMethods`. */
export const SERVED_METHODS = Symbol('noema:served-methods');

/** Serves noema.methods.v1.MethodService for the service that provides `ServedMethods`. */
@GrpcService(MethodService)
export class MethodController implements Handlers<typeof MethodService> {
  constructor(@Inject(SERVED_METHODS) private readonly served: ServedMethods) {}

  listMethods({ service, kind }: ListMethodsRequest): MessageInitShape<typeof ListMethodsResponseSchema> {
    if (service !== '' && service !== this.served.service)
      throw new DomainError(
        'not-found',
        'METHOD_SERVICE_UNKNOWN',
        `service "${service}" does not list its methods here; this is "${this.served.service}"`,
        { metadata: { service } },
      );
    return {
      methods: Object.entries(this.served.registries)
        .filter(([of]) => kind === '' || kind === of)
        .flatMap(([of, registry]) => registry.values().map((method) => methodMessage(of, method))),
    };
  }
}
