import type { ArtifactStore } from '@noema/artifacts';
import { LruCache } from '@noema/kernel';
import { explorationNotReady } from '../domain/exploration.errors.js';
import type { Exploration } from '../domain/exploration.js';
import type { Datasets } from '../domain/exploration.ports.js';
import type { GraphRecord } from '../domain/neighbor-graph.js';
import { joinColumns } from '../domain/joined-columns.js';
import { type PointColumn, sizeOf } from '../domain/point-columns.js';
import type { PointReader, PointSource } from '../domain/points.service.js';
import type { ColumnReaders } from './column.readers.js';
import { evaluationColumns } from './evaluation.columns.js';
import { mapColumns } from './map.columns.js';
import { JoinedSampleColumns } from './joined-sample.columns.js';
import { openSamples, SampleColumns, type SampleColumnSource } from './sample.columns.js';

/**
 * Points from the map's own artifact, from the evaluation and from the table of samples; only the columns
 * that are asked for are read. The columns that were used last stay in memory, up to `cacheBytes`; what they
 * are made of never changes.
 */
export class StoredPoints implements PointReader {
  private readonly columns: LruCache<PointColumn>;
  /** Names of the columns of the tables of samples used last. */
  private readonly names = new LruCache<readonly string[]>(64);

  constructor(
    readonly store: ArtifactStore,
    readonly datasets: Datasets,
    { cacheBytes }: { readonly cacheBytes: number },
  ) {
    this.columns = new LruCache(cacheBytes, { weightOf: sizeOf });
  }

  open(teamId: string, exploration: Exploration, graph: GraphRecord): PointSource {
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
    const readers = evaluated?.readers ?? {};
    const own: ColumnReaders = {
      ...map.columns,
      ...(placed === undefined ? readers : lengthened(readers, counts)),
    };
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
        const isOfEvaluation = Object.hasOwn(readers, name);
        const isThere =
          Object.hasOwn(own, name) && (!isOfEvaluation || (await evaluatedNames()).includes(name));
        const read = isThere ? own[name] : undefined;
        if (read !== undefined) return this.columns.get(`${of}/${name}`, read);
        return (await sampleNames()).includes(name)
          ? this.columns.get(`${version}/${name}`, () => samples.column(name))
          : undefined;
      },
      close: () => samples.close(),
    };
  }
}

/** The columns with no value for the points that were placed. */
const lengthened = (columns: ColumnReaders, counts: readonly [number, number]): ColumnReaders =>
  Object.fromEntries(
    Object.entries(columns).map(([name, read]) => [
      name,
      async () => joinColumns(await read(), undefined, counts),
    ]),
  );
