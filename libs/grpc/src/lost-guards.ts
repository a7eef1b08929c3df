import 'reflect-metadata';
import type { DescService } from '@bufbuild/protobuf';
import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService } from '@nestjs/core';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];

/**
 * Throws for a provider from a factory or a value whose class has `@UseGuards` or `@UseInterceptors`, because
 * Nest silently ignores them there. So a service never starts with less protection than its code declares.
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
