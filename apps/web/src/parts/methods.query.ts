import type { Method } from '@noema/contracts/noema/methods/v1/method';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { methods } from '../api/method-client.js';

/** The methods of one kind that a service has; empty until they are loaded. */
export const useMethods = (service: string, kind: string): readonly Method[] =>
  useQuery(methodsQuery(service, kind)).data ?? NONE;

export const methodsQuery = (service: string, kind: string) =>
  queryOptions({
    queryKey: ['methods', service, kind],
    queryFn: async ({ signal }) => (await methods.listMethods({ service, kind }, { signal })).methods,
    staleTime: Infinity,
  });

const NONE: readonly Method[] = [];

/** The name of a method for people; its key while the methods are not loaded. */
export const methodTitle = (methods: readonly Method[], key: string): string =>
  methods.find((method) => method.key === key)?.title ?? key;
