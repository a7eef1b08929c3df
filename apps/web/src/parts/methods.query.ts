import type { Method } from '@noema/contracts/noema/methods/v1/method';
import { useQuery } from '@tanstack/react-query';
import { methods } from '../api/method-client.js';

/** The methods of one kind that a service has; empty until they are loaded. */
export function useMethods(service: string, kind: string): readonly Method[] {
  const { data } = useQuery({
    queryKey: ['methods', service, kind],
    queryFn: async ({ signal }) => (await methods.listMethods({ service, kind }, { signal })).methods,
    staleTime: Infinity,
  });
  return data ?? NONE;
}

const NONE: readonly Method[] = [];

/** The name of a method for people; its key while the methods are not loaded. */
export const methodTitle = (methods: readonly Method[], key: string): string =>
  methods.find((method) => method.key === key)?.title ?? key;
