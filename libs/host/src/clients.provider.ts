import type { FactoryProvider } from '@nestjs/common';
import { ServiceClients } from './service-clients.js';

/** Provides a class of a library that knows no Nest and needs only the clients of the other services. */
export const provideWithClients = <T>(type: new (clients: ServiceClients) => T): FactoryProvider<T> => ({
  provide: type,
  inject: [ServiceClients],
  useFactory: (clients: ServiceClients) => new type(clients),
});
