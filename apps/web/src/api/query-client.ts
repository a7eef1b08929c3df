import { asDomainError, type DomainError } from '@noema/kernel/domain-error';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

const RETRIED = new Set(['unavailable', 'timeout']);

/** Consequences of failures and answers for the whole page; the shell listens. */
export const pageFaults: {
  signedOut: () => void;
  failed: (error: DomainError) => void;
  answered: () => void;
} = { signedOut: () => undefined, failed: () => undefined, answered: () => undefined };

function heard(error: unknown): DomainError {
  const fault = asDomainError(error);
  pageFaults.failed(fault);
  return fault;
}

const listen = {
  onError: (error: unknown): void => {
    if (asDomainError(error).kind === 'unauthenticated') pageFaults.signedOut();
  },
  onSuccess: (): void => {
    pageFaults.answered();
  },
};

/** Tries again only what may succeed on the next try; a session that has ended leads to the sign-in. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache(listen),
  mutationCache: new MutationCache({
    ...listen,
    onError: (error) => {
      listen.onError(heard(error));
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Noema may run on the same machine, and answer while the browser is offline.
      networkMode: 'always',
      refetchOnReconnect: true,
      refetchOnWindowFocus: false,
      retry: (failures, error) => RETRIED.has(heard(error).kind) && failures < 3,
      retryDelay: (failures) => Math.min(4_000, 500 * 2 ** failures),
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** The error of a query or mutation as what every client of Noema gets: a kind, a reason and a sentence. */
export const toFault = (error: unknown): DomainError => asDomainError(error);
