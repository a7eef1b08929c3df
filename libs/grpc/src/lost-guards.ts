import 'reflect-metadata';
import type { DescService } from '@bufbuild/protobuf';
import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService } from '@nestjs/core';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];

/**
 * Nest silently drops `@UseGuards` and `@UseInterceptors` of a provider that a factory made or that was given
 * as a value. Throws for such a provider, so that a service never starts with less protection than it reads.
 */
export function refuseLostGuards(service: DescService, provider: Provider): void {
  if (!provider.isNotMetatype) return;
  const instance = provider.instance as Record<string, object>;
  const carriers: (object | undefined)[] = [
    instance.constructor,
    ...service.methods.map((m) => instance[m.localName]),
  ];
  const lost = carriers.some(
    (c) =>
      c !== undefined && [GUARDS_METADATA, INTERCEPTORS_METADATA].some((key) => Reflect.hasMetadata(key, c)),
  );
  if (lost) {
    throw new Error(
      `the guards of ${instance.constructor.name} (${service.typeName}) are lost, because a factory ` +
        'makes it; provide it as a class and inject its ports with @Inject(token)',
    );
  }
}
