import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE, SETTINGS } from '@noema/host';
import { LruCache } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import type { ProjectionConfig } from '../config.js';
import { explorationNotReady } from '../exploration/exploration.errors.js';
import type { Exploration } from '../exploration/exploration.js';
import type { NeighborGraphRecord } from '../neighbor-graph/neighbor-graph.js';
import { joinColumns } from './joined-columns.js';
import { type PointColumn, countBytes } from './point-columns.js';
import { evaluationColumns } from './evaluation.columns.js';
import { mapColumns } from './map.columns.js';
import { JoinedSampleColumns } from '../sample/joined-sample.columns.js';
import { openSamples, SampleColumns, type SampleColumnSource } from '../sample/sample.columns.js';

/** The columns that a map has. */
export interface PointSource {
  /** Every name, in the order in which `*` sends them. */
  names(): Promise<readonly string[]>;
  /**
   * Returns the column; `undefined` for a name that the map does not have. Read once, and only when it is
   * requested.
   */
  column(name: string): Promise<PointColumn | undefined>;
  close(): Promise<void>;
}

/**
 * Points from the map's own artifact, from the evaluation and from the table of samples; only the requested
 * columns are read. The most recently used columns stay in memory, up to `pointCacheBytes`; what they are
 * made of never changes.
 */
@Injectable()
export class PointStore {
  private readonly columns: LruCache<PointColumn>;
  /** Names of the columns of the tables of samples used last. */
  private readonly names = new LruCache<readonly string[]>(64);

  constructor(
    @Inject(ARTIFACT_STORE) readonly store: ArtifactStore,
    @Inject(DatasetCatalog) readonly datasets: DatasetCatalog,
    @Inject(SETTINGS) { pointCacheBytes }: ProjectionConfig,
  ) {
    this.columns = new LruCache(pointCacheBytes, { weigh: countBytes });
  }

  open(teamId: string, exploration: Exploration, graph: NeighborGraphRecord): PointSource {
    if (exploration.points === undefined) throw explorationNotReady(exploration.id, exploration.state);
    const map = mapColumns(this.store, exploration.points, exploration);
    const evaluated =
      graph.evaluation === undefined
        ? undefined
        : evaluationColumns(this.store, graph.evaluation, exploration, async () =>
            (await map.classes()).subarray(0, graph.sampleCount),
          );
    const { placed } = exploration;
    const counts = [graph.sampleCount, placed?.sampleCount ?? 0] as const;
    const evaluatedNames = (): Promise<readonly string[]> =>
      evaluated === undefined
        ? Promise.resolve([])
        : this.names.get(graph.evaluation!.uri, () => evaluated.names());
    const table = (version: string): SampleColumnSource =>
      new SampleColumns(() => openSamples(this, teamId, version));
    const samples =
      placed === undefined
        ? table(graph.datasetVersionId)
        : new JoinedSampleColumns([table(graph.datasetVersionId), table(placed.datasetVersionId)], counts);
    const of = exploration.points.uri;
    const version = [
      teamId,
      graph.datasetVersionId,
      ...(placed === undefined ? [] : [placed.datasetVersionId]),
    ].join('/');
    const sampleNames = (): Promise<readonly string[]> => this.names.get(version, () => samples.names());
    return {
      names: async () => [...Object.keys(map.columns), ...(await evaluatedNames()), ...(await sampleNames())],
      column: async (name) => {
        const ofMap = Object.hasOwn(map.columns, name) ? map.columns[name] : undefined;
        if (ofMap !== undefined) return this.columns.get(`${of}/${name}`, ofMap);
        const read = evaluated?.reader(name);
        if (read !== undefined && (await evaluatedNames()).includes(name))
          return this.columns.get(
            `${of}/${name}`,
            placed === undefined ? read : async () => joinColumns(await read(), undefined, counts),
          );
        return (await sampleNames()).includes(name)
          ? this.columns.get(`${version}/${name}`, () => samples.column(name))
          : undefined;
      },
      close: () => samples.close(),
    };
  }
}
