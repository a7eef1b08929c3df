import type { Population, Recipe } from '@noema/insights';
import type { StoredInputs } from '../population/search-population.js';

/** Settings of the store that the thread of a search opens. */
export interface StoreSettings {
  readonly url: string;
  readonly accessKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly cacheBytes: number;
}

/** Input of the thread of a search. */
export interface SearchInput {
  readonly population: Omit<Population, 'inputs'>;
  readonly inputs: StoredInputs | undefined;
  readonly store: StoreSettings;
  readonly recipe: Recipe;
  readonly threads: number;
}

/** Progress that the thread of a search reports. */
export interface SearchMessage {
  /** From 0 to 1. */
  readonly share: number;
  /** Title of the kind that runs. */
  readonly title: string;
}
