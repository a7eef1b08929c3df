import type { EpochPopulation } from './population.js';

export interface PopulationQuery {
  readonly projectId: string;
  readonly runId: string;
  /** 0 for the last. */
  readonly epoch: number;
}

/** Runs with their populations, as the services that own them tell. */
export interface EpochPopulations {
  /** Throws `not-found` for what does not exist, also for a run of another project. */
  population(teamId: string, question: PopulationQuery): Promise<EpochPopulation>;
}
