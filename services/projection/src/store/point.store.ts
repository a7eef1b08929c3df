import type { ArtifactStore } from '@noema/artifacts';
import { Recent } from '@noema/kernel';
import { explorationNotReady } from '../domain/exploration.errors.js';
import type { Exploration } from '../domain/exploration.js';
import type { Datasets } from '../domain/exploration.ports.js';
import type { GraphRecord } from '../domain/neighbor-graph.js';
import { type PointColumn, sizeOf } from '../domain/point-columns.js';
import type { PointReader, PointSource } from '../domain/points.service.js';
import type { ColumnReaders } from './column.readers.js';
import { evaluationColumns } from './evaluation.columns.js';
import { mapColumns } from './map.columns.js';
import { SampleColumns } from './sample.columns.js';

/**
 * Points from the map's own artifact, from the evaluation and from the table of samples; only the columns that are asked for are read.
 * The columns that were used last stay in memory, up to `cacheBytes`; what they are made of never changes.
 */
export class StoredPoints implements PointReader {
  private readonly columns: Recent<PointColumn>;
  /** Names of the columns of the tables of samples used last. */
  private readonly names = new Recent<readonly string[]>(64);

  constructor(private readonly store: ArtifactStore, private readonly datasets: Datasets, { cacheBytes }: { readonly cacheBytes: number }) {
    this.columns = new Recent(cacheBytes, { weightOf: sizeOf });
  }

  open(teamId: string, exploration: Exploration, graph: GraphRecord): PointSource {
    if (exploration.points === undefined) throw explorationNotReady(exploration.id, exploration.state);
    const map = mapColumns(this.store, exploration.points, exploration);
    const evaluated = graph.evaluation === undefined ? {} : evaluationColumns(this.store, graph.evaluation, exploration, map.classes);
    const own: ColumnReaders = { ...map.columns, ...evaluated };
    const samples = new SampleColumns(async () => this.store.get(await this.datasets.samplesOf(teamId, graph.datasetVersionId)));
    const [of, version] = [exploration.points.uri, `${teamId}/${graph.datasetVersionId}`];
    const sampleNames = (): Promise<readonly string[]> => this.names.get(version, () => samples.names());
    return {
      names: async () => [...Object.keys(own), ...await sampleNames()],
      column: async (name) => {
        const read = Object.hasOwn(own, name) ? own[name] : undefined;
        if (read !== undefined) return this.columns.get(`${of}/${name}`, read);
        return (await sampleNames()).includes(name) ? this.columns.get(`${version}/${name}`, () => samples.column(name)) : undefined;
      },
      close: () => samples.close(),
    };
  }
}
