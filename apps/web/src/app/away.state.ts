import { asDomainError } from '@noema/kernel/domain-error';
import { useEffect, useSyncExternalStore } from 'react';
import { tokens } from '../api/clients.js';
import { pageFaults, queryClient } from '../api/query-client.js';
import { Reachability } from './reachability.js';

const PROBE_MS = 4_000;

/** Whoever is asked who we are has answered, even when it does not know. */
async function probe(): Promise<void> {
  try {
    await tokens.getSelf({}, { timeoutMs: PROBE_MS });
  } catch (error) {
    const { kind } = asDomainError(error);
    if (kind === 'unavailable' || kind === 'timeout') throw error;
  }
}

const reachability = new Reachability({
  probe,
  onBack: () => {
    void queryClient.invalidateQueries({ predicate: ({ state }) => state.error !== null });
  },
});

/** Whether Noema does not answer; everything that failed is asked again once it does. */
export function useAway(): boolean {
  useEffect(() => {
    pageFaults.failed = (error) => {
      reachability.failed(error);
    };
    pageFaults.answered = () => {
      reachability.answered();
    };
  }, []);
  return useSyncExternalStore(reachability.subscribe, reachability.away);
}
