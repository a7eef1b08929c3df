import { Inject, Injectable } from '@nestjs/common';
import { findOrThrow, type Page, type PageQuery, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { SetFilter } from '../vector-index/vector-index.js';
import { graphNotFound } from './neighbor-graph.errors.js';
import type { NeighborGraphRecord } from './neighbor-graph.js';
import { NeighborGraphRepository } from './neighbor-graph.repository.js';

/** Reads neighbour graphs; workers build one for every set. */
@Injectable()
export class NeighborGraphService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(NeighborGraphRepository) private readonly graphs: Pick<NeighborGraphRepository, 'find' | 'list'>,
  ) {}

  /** Throws `not-found`, also for a graph of another team. */
  get(teamId: string, id: string): Promise<NeighborGraphRecord> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.graphs, id, graphNotFound));
  }

  list(teamId: string, where: SetFilter, query: PageQuery): Promise<Page<NeighborGraphRecord>> {
    return this.unitOfWork.run(teamId, () => this.graphs.list(where, query));
  }
}
