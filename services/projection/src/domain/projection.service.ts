import { isUuid, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { alreadyProjected, explorationNotReady, setNotProjected } from './exploration.errors.js';
import type { Exploration } from './exploration.js';
import type { ExplorationRepository, MapQueue, ReferenceSet, Peers } from './exploration.ports.js';
import type { Explorations } from './exploration.service.js';

export interface ProjectionPorts {
  readonly work: UnitOfWork;
  readonly explorations: ExplorationRepository;
  readonly queue: MapQueue;
  readonly peers: Peers;
}

/** Places other data in stored maps. */
export class Projections {
  constructor(
    private readonly ports: ProjectionPorts,
    private readonly maps: Explorations,
  ) {}

  /**
   * A made map, and a set in the basis of its set; asked for before the transaction that starts the job.
   * Throws `not-found`, `precondition` EXPLORATION_NOT_READY, EXPLORATION_PROJECTED, SET_NOT_PROJECTED.
   */
  async look(
    teamId: string,
    explorationId: string,
    activationSetId: string,
  ): Promise<{ onto: Exploration; set: ReferenceSet & { readonly id: string } }> {
    const onto = await this.maps.get(teamId, explorationId);
    if (onto.projectedOnto !== undefined) throw alreadyProjected(onto.id, onto.projectedOnto);
    if (onto.state !== 'succeeded') throw explorationNotReady(onto.id, onto.state);
    if (!isUuid(activationSetId)) throw setNotProjected(activationSetId, onto.activationSetId);
    const set = await this.ports.peers.setOf(teamId, activationSetId);
    if (set.referenceSetId !== onto.activationSetId || set.vectors.length === 0)
      throw setNotProjected(activationSetId, onto.activationSetId);
    return { onto, set: { ...set, id: activationSetId } };
  }

  /** Starts the map with the set's samples in it, or returns the one that exists. */
  start(
    teamId: string,
    { onto, set }: { readonly onto: Exploration; readonly set: ReferenceSet & { readonly id: string } },
  ): Promise<Exploration> {
    const { work, explorations, queue } = this.ports;
    return work.run(teamId, async () => {
      await explorations.lockProjection(onto.id, set.id);
      const known = await explorations.findProjection(onto.id, set.id);
      if (known !== undefined && known.state !== 'failed' && known.state !== 'cancelled') return known;
      const id = uuidv7();
      await explorations.insertProjection(teamId, {
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
      await explorations.begin(id, await queue.make(teamId, id), undefined);
      return (await explorations.find(id))!;
    });
  }
}
