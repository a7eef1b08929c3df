import { findOrInsert, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import { populationEmpty, sanityCheckNotFound } from './analysis.errors.js';
import { evenly, type RowsSource, sourceOf } from './population.js';
import type { EpochPopulations, PopulationQuery } from './population.ports.js';
import { CHECKED_SAMPLES, type SanityCheck, sanityCheckId, sanityShards } from './sanity-check.js';
import type { SanityChecks, SanityJobs } from './sanity-check.ports.js';

/** Sanity checks: asked for here, made by the workers. */
export class SanityCheckService {
  constructor(
    private readonly ports: {
      readonly work: UnitOfWork;
      readonly checks: SanityChecks;
      readonly populations: EpochPopulations;
      readonly jobs: SanityJobs;
    },
  ) {}

  /**
   * What a check is made of; asked for before the transaction that starts it. Throws `not-found`,
   * `precondition` POPULATION_EMPTY.
   */
  async plan(teamId: string, question: PopulationQuery): Promise<RowsSource> {
    const population = await this.ports.populations.population(teamId, question);
    if (population.sampleCount === 0) throw populationEmpty(population.datasetVersionId);
    return sourceOf(
      population,
      evenly(
        Int32Array.from({ length: population.sampleCount }, (_, row) => row),
        CHECKED_SAMPLES,
      ),
    );
  }

  /** Starts a check, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(teamId: string, source: RowsSource): Promise<SanityCheck> {
    const { work, checks, jobs } = this.ports;
    return work.run(teamId, () => {
      const id = sanityCheckId(source);
      return findOrInsert(checks, id, async () =>
        checks.insert({
          id,
          source,
          jobId: await jobs.queueSanityCheck(teamId, id, sanityShards(source)),
        }),
      );
    });
  }

  /** Throws `not-found`, also for a check of another team. */
  get(teamId: string, id: string): Promise<SanityCheck> {
    return this.ports.work.run(teamId, async () => {
      const check = isUuid(id) ? await this.ports.checks.find(id) : undefined;
      if (check === undefined) throw sanityCheckNotFound(id);
      return check;
    });
  }

  list(
    teamId: string,
    projectId: string,
    narrow: { readonly runId?: string },
    query: PageQuery,
  ): Promise<Page<SanityCheck>> {
    if (!isUuid(projectId) || (narrow.runId !== undefined && !isUuid(narrow.runId)))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.ports.work.run(teamId, () => this.ports.checks.list({ projectId, ...narrow }, query));
  }
}
