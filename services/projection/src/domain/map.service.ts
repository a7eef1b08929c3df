import { DomainError, type UnitOfWork } from '@noema/kernel';
import type { Exploration, MapInfo } from './exploration.js';
import { explorationNotFound, graphNotFound } from './exploration.errors.js';
import type {
  ExplorationEvents,
  ExplorationRepository,
  GraphRepository,
  LabelReader,
  MapControl,
  MapThread,
  MatrixStore,
  Peers,
  SampleMatcher,
} from './exploration.ports.js';
import { MapPreview } from './map.preview.js';
import type { GraphRecord } from './neighbor-graph.js';
import type { PlacesService } from './places.service.js';

export interface MapPorts {
  readonly work: UnitOfWork;
  readonly graphs: GraphRepository;
  readonly explorations: ExplorationRepository;
  readonly matrices: MatrixStore;
  readonly labels: LabelReader;
  readonly samples: SampleMatcher;
  readonly peers: Peers;
  readonly thread: MapThread;
  readonly events: ExplorationEvents;
  /** Worker threads; `undefined` for one a core. */
  readonly threads: number | undefined;
}

/** The work of the job: reads, makes the map, keeps it, and answers what makes it visible. */
export class MapService {
  constructor(
    private readonly ports: MapPorts,
    private readonly places: PlacesService,
  ) {}

  async make(teamId: string, explorationId: string, control: MapControl): Promise<() => Promise<void>> {
    const { work, matrices, labels, samples, peers, thread, explorations, events, threads } = this.ports;
    const startedMs = performance.now();
    const { exploration, graph, init: from } = await this.look(teamId, explorationId);
    if (exploration.placed !== undefined) return this.places.make(teamId, exploration, graph, control);
    control.progress(0, 0, 'steps', 'reading');
    const [vectors, neighbors, losses, { classes, classNames }, seed, init, anchors] = await Promise.all([
      matrices.vectors(graph.vectors, graph.sampleCount),
      matrices.neighbors(graph),
      matrices.losses(graph),
      labels.read(teamId, graph.datasetVersionId, graph.sampleCount),
      exploration.seed ?? peers.seedOf(teamId, graph.runId),
      from?.points && matrices.points(from.points),
      from && from.datasetVersionId !== graph.datasetVersionId
        ? samples.match(teamId, graph.datasetVersionId, from.datasetVersionId)
        : undefined,
    ]);
    if (anchors?.rows.length === 0)
      throw new DomainError(
        'precondition',
        'NOT_ALIGNABLE',
        `exploration ${from!.id} shows no sample of this dataset version; make the map without aligned_to`,
      );
    const preview = new MapPreview(async (coordinates) => {
      const ref = await matrices.putPreview(graph, explorationId, coordinates);
      await work.run(teamId, () => explorations.show(explorationId, ref));
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
        threads,
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
      await events.explorationReady({ ...exploration, ...facts });
    };
  }

  private look(
    teamId: string,
    id: string,
  ): Promise<{ exploration: Exploration; graph: GraphRecord; init: Exploration | undefined }> {
    const { work, explorations, graphs } = this.ports;
    return work.run(teamId, async () => {
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
      ) {
        throw new DomainError(
          'precondition',
          'NOT_ALIGNABLE',
          `exploration ${init.id} has ${init.pointCount} points, this one ${graph.sampleCount}; make it ` +
            'without aligned_to',
        );
      }
      return { exploration, graph, init };
    });
  }
}
