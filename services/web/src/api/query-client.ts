import { asDomainError, type DomainError } from '@noema/kernel/domain-error';
import { QueryCache, QueryClient } from '@tanstack/react-query';

const RETRIED = new Set(['unavailable', 'timeout']);

/** What a failure of a query means for the whole page, set by the shell. */
export const pageFaults: { signedOut: () => void } = { signedOut: () => undefined };

/** Tries again only what may succeed on the next try; a session that has ended leads to the sign-in. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => { if (asDomainError(error).kind === 'unauthenticated') pageFaults.signedOut(); } }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 3 && RETRIED.has(asDomainError(error).kind),
      retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
    },
    mutations: { retry: false },
  },
});

/** The error of a query or mutation as what every client of Noema gets: a kind, a reason and a sentence. */
export const faultOf = (error: unknown): DomainError => asDomainError(error);
