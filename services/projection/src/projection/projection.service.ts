import { Inject, Injectable } from '@nestjs/common';
import { isGivenUp, isUuid, type Port, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { explorationNotReady } from '../exploration/exploration.errors.js';
import type { Exploration } from '../exploration/exploration.js';
import { ExplorationRepository } from '../exploration/exploration.repository.js';
import { ExplorationService } from '../exploration/exploration.service.js';
import { MapQueue } from '../map/map.queue.js';
import { ActivationsClient, type ReferenceSet } from '../peers/activations.client.js';
import { alreadyProjected, setNotProjected } from './projection.errors.js';

/** A made map, and a set in the basis of its set. */
export interface ProjectionSource {
  readonly onto: Exploration;
  readonly set: ReferenceSet & { readonly id: string };
}

/** Places other data in stored maps. */
@Injectable()
export class ProjectionService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ExplorationRepository) private readonly explorations: Port<ExplorationRepository>,
    @Inject(ExplorationService) private readonly maps: Pick<ExplorationService, 'get'>,
    @Inject(MapQueue) private readonly queue: Pick<MapQueue, 'queue'>,
    @Inject(ActivationsClient) private readonly sets: Pick<ActivationsClient, 'getSet'>,
  ) {}

  /**
   * Finds what a projection needs, before the transaction that starts its job.
   * Throws `not-found`, `precondition` EXPLORATION_NOT_READY, EXPLORATION_PROJECTED, SET_NOT_PROJECTED.
   */
  async find(teamId: string, explorationId: string, activationSetId: string): Promise<ProjectionSource> {
    const onto = await this.maps.get(teamId, explorationId);
    if (onto.projectedOnto !== undefined) throw alreadyProjected(onto.id, onto.projectedOnto);
    if (onto.state !== 'succeeded') throw explorationNotReady(onto.id, onto.state);
    if (!isUuid(activationSetId)) throw setNotProjected(activationSetId, onto.activationSetId);
    const set = await this.sets.getSet(teamId, activationSetId);
    if (set.referenceSetId !== onto.activationSetId || set.vectors.length === 0)
      throw setNotProjected(activationSetId, onto.activationSetId);
    return { onto, set: { ...set, id: activationSetId } };
  }

  /** Starts the map with the set's samples in it, or returns the one that exists. */
  start(teamId: string, { onto, set }: ProjectionSource): Promise<Exploration> {
    const { unitOfWork, explorations, queue } = this;
    return unitOfWork.run(teamId, async () => {
      await explorations.lockProjection(onto.id, set.id);
      const known = await explorations.findProjection(onto.id, set.id);
      if (known !== undefined && !isGivenUp(known.state)) return known;
      const id = uuidv7();
      await explorations.insertProjection({
        id,
        onto,
        placed: {
          activationSetId: set.id,
          datasetVersionId: set.datasetVersionId,
          firstRow: onto.pointCount,
          sampleCount: set.sampleCount,
          k: 0,
          knnOverlap: 0,
          labelAgreementMap: undefined,
          labelAgreementVectors: undefined,
          labelNeighbors: 0,
          distanceRatio: 0,
        },
      });
      return explorations.begin(id, await queue.queue(teamId, id), undefined);
    });
  }
}
