import { availableParallelism } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { KindOutcome, Recipe } from '@noema/insights';
import { runInThread } from '@noema/threads';
import type { InsightsConfig } from '../config.js';
import type { SearchPopulation } from '../population/search-population.js';
import type { SearchInput, SearchMessage } from './search.message.js';

const THREAD = new URL('./search-thread.worker.js', import.meta.url);
/** How long a thread may take to stop by itself before it is ended. */
const GRACE_MS = 2_000;

export interface SearchControl {
  readonly signal: AbortSignal;
  /** Reports the share that is done, from 0 to 1, and the title of the kind that runs. */
  readonly progress: (share: number, title: string) => void;
}

/** Searches in a thread of its own, so that heartbeats and cancels are never late. */
@Injectable()
export class SearchThread {
  constructor(
    @Inject(SETTINGS)
    private readonly settings: Pick<
      InsightsConfig,
      'searchThreads' | 'storeUrl' | 'storeAccessKey' | 'storeSecretKey' | 'storeCacheBytes'
    >,
  ) {}

  /** Throws the reason of the signal when that aborts. */
  search(
    { population, inputs }: Pick<SearchPopulation, 'population' | 'inputs'>,
    recipe: Recipe,
    { signal, progress }: SearchControl,
  ): Promise<KindOutcome[]> {
    const { searchThreads, storeUrl, storeAccessKey, storeSecretKey, storeCacheBytes } = this.settings;
    return runInThread<KindOutcome[]>({
      script: THREAD,
      name: 'search',
      data: {
        population,
        inputs,
        store: {
          url: storeUrl,
          accessKey: storeAccessKey,
          secretKey: storeSecretKey,
          cacheBytes: storeCacheBytes,
        },
        recipe,
        threads: searchThreads === 0 ? availableParallelism() : searchThreads,
      } satisfies SearchInput,
      signal,
      graceMs: GRACE_MS,
      onMessage: (message) => {
        const { share, title } = message as SearchMessage;
        progress(share, title);
      },
    });
  }
}
