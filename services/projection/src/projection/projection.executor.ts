import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { readThreads, type ProjectionConfig } from '../config.js';
import { MapThread } from '../engine/map.thread.js';
import { explorationNotReady } from '../exploration/exploration.errors.js';
import type { Exploration, PlacedSamples } from '../exploration/exploration.js';
import { ExplorationRepository } from '../exploration/exploration.repository.js';
import type { MapControl } from '../map/map.js';
import { MatrixStore } from '../map/matrix.store.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { LabelStore } from '../sample/label.store.js';
import { setNotProjected } from './projection.errors.js';

/**
 * The work of the job for other data in a stored map: reads both, places, and keeps the points of the map
 * with the placed ones behind them.
 */
@Injectable()
export class ProjectionExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ExplorationRepository)
    private readonly explorations: Pick<ExplorationRepository, 'find' | 'complete'>,
    @Inject(MatrixStore)
    private readonly matrices: Pick<MatrixStore, 'vectors' | 'neighbors' | 'points' | 'putPoints'>,
    @Inject(LabelStore) private readonly labels: Pick<LabelStore, 'read'>,
    @Inject(ActivationsClient) private readonly sets: Pick<ActivationsClient, 'getSet'>,
    @Inject(MapThread) private readonly thread: Pick<MapThread, 'place'>,
    @Inject(SETTINGS) private readonly settings: Pick<ProjectionConfig, 'mapThreads'>,
  ) {}

  async make(
    teamId: string,
    exploration: Exploration,
    graph: NeighborGraphRecord,
    control: MapControl,
  ): Promise<() => Promise<void>> {
    const { unitOfWork, explorations, matrices, labels, sets, thread } = this;
    const startedMs = performance.now();
    const placed = exploration.placed!;
    control.progress(0, 0, 'parts', 'reading');
    const onto = await unitOfWork.run(teamId, () => explorations.find(exploration.projectedOnto!));
    const other = await sets.getSet(teamId, placed.activationSetId);
    if (onto?.points === undefined || onto.trust === undefined)
      throw explorationNotReady(exploration.projectedOnto!, onto?.state ?? 'deleted');
    if (other.vectors.length === 0) throw setNotProjected(placed.activationSetId, graph.activationSetId);
    const [vectors, neighbors, map, fresh, theirs] = await Promise.all([
      matrices.vectors(graph.vectors, graph.sampleCount),
      matrices.neighbors(graph),
      matrices.points(onto.points),
      matrices.vectors(other.vectors, placed.sampleCount),
      labels.read(teamId, placed.datasetVersionId, placed.sampleCount),
    ]);
    const { names, numbers } = renamed(onto.classNames, theirs.classNames);
    const freshClasses = theirs.classes.map((one) => (one < 0 ? -1 : numbers[one]!));
    const seed = onto.seed ?? 0;
    const made = await thread.place(
      {
        vectors,
        neighbors,
        fresh,
        seed,
        threads: readThreads(this.settings),
        freshClasses,
        classes: map.classes,
        coordinates: map.coordinates,
        assignment: map.assignment,
        algorithm: onto.algorithm,
        params: onto.params,
        dimensions: onto.dimensions,
        measures: onto.measures,
      },
      control,
    );
    control.signal.throwIfAborted();
    const points = await matrices.putPoints(
      graph,
      exploration.id,
      {
        dimensions: onto.dimensions,
        coordinates: joined(map.coordinates, made.coordinates),
        assignment: joined(map.assignment, made.assignment),
        trustOfPoints: joined(map.trustOfPoints, made.trustOfPoints),
      },
      joined(map.classes, freshClasses),
    );
    const facts: PlacedSamples = { ...placed, ...made.numbers };
    return () =>
      explorations.complete(
        exploration.id,
        {
          seed,
          points,
          trust: onto.trust!,
          clusters: onto.clusters,
          clustering: onto.clustering,
          noiseCount: onto.noiseCount,
          classNeighbors: onto.classNeighbors,
          classNames: names,
          meanMovement: 0,
          seconds: (performance.now() - startedMs) / 1_000,
        },
        facts,
      );
  }
}

/**
 * Returns the names of the map's classes, followed by the classes that only the other data have, and the
 * index in that list of each class of the other data.
 */
function renamed(own: readonly string[], others: readonly string[]): { names: string[]; numbers: number[] } {
  const names = [...own, ...others.filter((name) => !own.includes(name))];
  return { names, numbers: others.map((name) => names.indexOf(name)) };
}

function joined<T extends Float32Array | Int32Array>(first: T, second: T): T {
  const Kind = first.constructor as new (length: number) => T;
  const both = new Kind(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
