import { Inject, Injectable } from '@nestjs/common';
import type { ResourceQueue } from '@noema/jobs';
import { findOrInsert, findOrThrow, isUuid, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { populationEmpty, sanityCheckNotFound } from '../analysis/analysis.errors.js';
import { TrainingClient } from '../peers/training.client.js';
import { evenly, type RowsSource, toSource } from '../population/population.js';
import type { PopulationQuery } from '../population/population.ports.js';
import { needsGraph } from '../served-model/served-model.errors.js';
import { CHECKED_SAMPLES, type SanityCheck, sanityCheckId, sanityShards } from './sanity-check.js';
import type { SanityChecks } from './sanity-check.ports.js';
import { SanityCheckQueue } from './sanity-check.queue.js';
import { SanityCheckRepository } from './sanity-check.repository.js';

/** Sanity checks: requested here, made by the workers. */
@Injectable()
export class SanityCheckService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SanityCheckRepository) private readonly checks: SanityChecks,
    @Inject(TrainingClient) private readonly populations: Pick<TrainingClient, 'population'>,
    @Inject(SanityCheckQueue) private readonly queue: Pick<ResourceQueue, 'queue'>,
  ) {}

  /**
   * Returns the source of a check; call it before the transaction that starts the check. Throws `not-found`,
   * `precondition` POPULATION_EMPTY, `unsupported` SERVED_MODEL_UNSUPPORTED.
   */
  async plan(teamId: string, question: PopulationQuery): Promise<RowsSource> {
    const population = await this.populations.population(teamId, question);
    if (population.served !== undefined) throw needsGraph('a sanity check');
    if (population.sampleCount === 0) throw populationEmpty(population.datasetVersionId);
    return toSource(
      population,
      evenly(
        Int32Array.from({ length: population.sampleCount }, (_, row) => row),
        CHECKED_SAMPLES,
      ),
    );
  }

  /** Starts a check, or returns the one that exists; one that failed or was cancelled is made anew. */
  start(teamId: string, source: RowsSource): Promise<SanityCheck> {
    const { unitOfWork, checks, queue } = this;
    return unitOfWork.run(teamId, () => {
      const id = sanityCheckId(source);
      return findOrInsert(checks, id, async () =>
        checks.insert({
          id,
          source,
          jobId: await queue.queue(teamId, id, sanityShards(source)),
        }),
      );
    });
  }

  /** Throws `not-found`, also for a check of another team. */
  get(teamId: string, id: string): Promise<SanityCheck> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.checks, id, sanityCheckNotFound));
  }

  list(
    teamId: string,
    projectId: string,
    narrow: { readonly runId?: string },
    query: PageQuery,
  ): Promise<Page<SanityCheck>> {
    if (!isUuid(projectId) || (narrow.runId !== undefined && !isUuid(narrow.runId)))
      return Promise.resolve({ items: [], nextPageToken: '' });
    return this.unitOfWork.run(teamId, () => this.checks.list({ projectId, ...narrow }, query));
  }
}
