import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { Port, UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { readThreads, type ProjectionConfig } from '../config.js';
import { MapThread } from '../engine/map.thread.js';
import { explorationNotFound } from '../exploration/exploration.errors.js';
import { ExplorationEvents } from '../exploration/exploration.events.js';
import type { Exploration, MapInfo } from '../exploration/exploration.js';
import { ExplorationRepository } from '../exploration/exploration.repository.js';
import { graphNotFound } from '../neighbor-graph/neighbor-graph.errors.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { TrainingClient } from '../peers/training.client.js';
import { ProjectionExecutor } from '../projection/projection.executor.js';
import { LabelStore } from '../sample/label.store.js';
import { SampleMatcher } from '../sample/sample.matcher.js';
import { noCommonSample, pointCountDiffers } from './map.errors.js';
import type { MapControl } from './map.js';
import { MapPreview } from './map.preview.js';
import { MatrixStore } from './matrix.store.js';

/** The work of the job: reads, makes the map, stores it, and returns what makes it visible. */
@Injectable()
export class MapExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(NeighborGraphRepository) private readonly graphs: Pick<NeighborGraphRepository, 'find'>,
    @Inject(ExplorationRepository)
    private readonly explorations: Pick<ExplorationRepository, 'find' | 'show' | 'complete'>,
    @Inject(MatrixStore) private readonly matrices: Port<MatrixStore>,
    @Inject(LabelStore) private readonly labels: Pick<LabelStore, 'read'>,
    @Inject(SampleMatcher) private readonly samples: Pick<SampleMatcher, 'match'>,
    @Inject(TrainingClient) private readonly runs: Pick<TrainingClient, 'readSeed'>,
    @Inject(MapThread) private readonly thread: Pick<MapThread, 'make'>,
    @Inject(ExplorationEvents) private readonly events: Pick<ExplorationEvents, 'ready'>,
    @Inject(ProjectionExecutor) private readonly projections: Pick<ProjectionExecutor, 'make'>,
    @Inject(SETTINGS) private readonly settings: Pick<ProjectionConfig, 'mapThreads'>,
  ) {}

  async make(teamId: string, explorationId: string, control: MapControl): Promise<() => Promise<void>> {
    const { unitOfWork, matrices, labels, samples, runs, thread, explorations, events } = this;
    const startedMs = performance.now();
    const { exploration, graph, init: from } = await this.look(teamId, explorationId);
    if (exploration.placed !== undefined) return this.projections.make(teamId, exploration, graph, control);
    control.progress(0, 0, 'steps', 'reading');
    const [vectors, neighbors, losses, { classes, classNames }, seed, init, anchors] = await Promise.all([
      matrices.vectors(graph.vectors, graph.sampleCount),
      matrices.neighbors(graph),
      matrices.losses(graph),
      labels.read(teamId, graph.datasetVersionId, graph.sampleCount),
      exploration.seed ?? runs.readSeed(teamId, graph.runId),
      from?.points && matrices.points(from.points),
      from && from.datasetVersionId !== graph.datasetVersionId
        ? samples.match(teamId, graph.datasetVersionId, from.datasetVersionId)
        : undefined,
    ]);
    if (anchors?.rows.length === 0) throw noCommonSample(from!.id);
    const preview = new MapPreview(async (coordinates) => {
      const ref = await matrices.putPreview(graph, explorationId, coordinates);
      await unitOfWork.run(teamId, () => explorations.show(explorationId, ref));
    });
    const map = await thread.make(
      {
        vectors,
        neighbors,
        losses,
        classes,
        classCount: classNames.length,
        seed,
        init: init?.coordinates,
        anchors,
        threads: readThreads(this.settings),
        algorithm: exploration.algorithm,
        params: exploration.params,
        dimensions: exploration.dimensions,
        clusterCount: exploration.clusterCount,
        clusterMethod: exploration.clusterMethod,
        minClusterSize: exploration.minClusterSize,
        measures: exploration.measures,
      },
      {
        signal: control.signal,
        progress: (...said) => {
          control.progress(...said);
        },
        show: (coordinates) => {
          preview.show(coordinates);
        },
      },
    );
    await preview.settled();
    control.signal.throwIfAborted();
    const points = await matrices.putPoints(graph, explorationId, map, classes);
    const { trust, clusters, clustering, noiseCount, classNeighbors, meanMovement } = map;
    const facts: MapInfo = {
      seed,
      trust,
      clusters,
      clustering,
      noiseCount,
      classNeighbors,
      classNames,
      meanMovement,
      points,
      seconds: (performance.now() - startedMs) / 1_000,
    };
    return async () => {
      await explorations.complete(explorationId, facts);
      await events.ready({ ...exploration, ...facts });
    };
  }

  private look(
    teamId: string,
    id: string,
  ): Promise<{ exploration: Exploration; graph: NeighborGraphRecord; init: Exploration | undefined }> {
    const { unitOfWork, explorations, graphs } = this;
    return unitOfWork.run(teamId, async () => {
      const exploration = await explorations.find(id);
      if (exploration === undefined) throw explorationNotFound(id);
      const graph = await graphs.find(exploration.neighborGraphId);
      if (graph === undefined) throw graphNotFound(exploration.neighborGraphId);
      const init =
        exploration.alignedTo === undefined ? undefined : await explorations.find(exploration.alignedTo);
      if (
        init !== undefined &&
        init.datasetVersionId === graph.datasetVersionId &&
        init.pointCount !== graph.sampleCount
      )
        throw pointCountDiffers(init.id, init.pointCount, graph.sampleCount);
      return { exploration, graph, init };
    });
  }
}
