import type { Recipe } from '@noema/insights';
import { type JobResource, deriveUuid } from '@noema/kernel';
import type { SearchSource } from '../population/search-population.js';

/** Outcome of one kind of a search. */
export interface SearchOutcome {
  readonly kind: string;
  readonly title: string;
  readonly state: 'done' | 'skipped' | 'failed';
  readonly tried: number;
  readonly found: number;
  readonly confirmed: number;
  readonly remarks: readonly string[];
  readonly seconds: number;
  /** Names of absent data, for a kind that was skipped. */
  readonly reason: string;
  /** Constant and sentence of a failure. */
  readonly fault?: { readonly reason: string; readonly message: string };
}

/** Results of a search, once they are stored. */
export interface SearchContents {
  readonly outcomes: readonly SearchOutcome[];
  readonly searchedCount: number;
  readonly remarks: readonly string[];
  /** The recipe of the search, if it is not the requested one. */
  readonly recipe?: Recipe;
}

/** Work that searches a run for insights after an epoch. */
export interface InsightSearch extends JobResource {
  readonly source: SearchSource;
  /** The requested recipe, which gave the id; once results are stored, the one that they are by. */
  readonly recipe: Recipe;
  /** Id of the model. Searches of runs of one model follow each other. */
  readonly lineId: string;
  readonly createdBy: string;
  /** Undefined until the job has succeeded. */
  readonly contents: SearchContents | undefined;
}

export type NewInsightSearch = Pick<
  InsightSearch,
  'id' | 'source' | 'recipe' | 'lineId' | 'createdBy' | 'jobId'
>;

/** Author of searches that the platform starts by itself. */
export const PLATFORM = 'insights';

/** Returns the id of the search of a source by a recipe: the same request finds the same search. */
export const searchId = (source: SearchSource, recipe: Recipe): string =>
  deriveUuid('insight-search', JSON.stringify(source), JSON.stringify(recipe));
