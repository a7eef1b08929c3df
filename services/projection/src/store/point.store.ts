import { type ArtifactStore, lossesOf, readMatrix, readTable, type Table } from '@noema/artifacts';
import type { Exploration } from '../domain/exploration.js';
import type { Datasets } from '../domain/exploration.ports.js';
import { columnUnknown, explorationNotReady } from '../domain/exploration.errors.js';
import type { GraphRecord } from '../domain/neighbor-graph.js';
import { classColumn, codeColumn, numberColumn, type PointColumn, type PointTable } from '../domain/point-columns.js';
import type { PointReader } from '../domain/points.service.js';

type Read = (name: string) => PointColumn | Promise<PointColumn>;

const OWN = new Set(['row', 'shard', 'split', 'sample_id', 'class_name', 'class_index']);

/** Points from the map's own artifact, colours from the evaluation and from the table of samples. */
export class StoredPoints implements PointReader {
  constructor(private readonly store: ArtifactStore, private readonly datasets: Datasets) {}

  async read(teamId: string, exploration: Exploration, graph: GraphRecord, names: readonly string[]): Promise<PointTable> {
    if (exploration.points === undefined) throw explorationNotReady(exploration.id, exploration.state);
    const file = readMatrix(await this.store.get(exploration.points));
    const sources = this.sources(teamId, exploration, graph, file.int32('classes').data);
    const columns: PointColumn[] = [];
    for (const name of names) columns.push(await sources(name));
    return {
      rows: file.rows, dimensions: exploration.dimensions, coordinates: file.float32('coordinates').data, clusters: file.int32('clusters').data,
      trust: file.float32('trust').data, columns,
    };
  }

  /** What gives each column; files are read once, by the first who needs them. */
  private sources(teamId: string, { classNames }: Exploration, graph: GraphRecord, classes: Int32Array): Read {
    const evaluation = once(async () => (graph.evaluation === undefined ? undefined : readMatrix(await this.store.get(graph.evaluation))));
    const samples = once(async () => readTable(await this.store.get(await this.datasets.samplesOf(teamId, graph.datasetVersionId))));
    const evaluated: Readonly<Record<string, Read>> = {
      loss: async (name) => numberColumn(name, lossesOf((await evaluation())!)),
      correct: async (name) => {
        const { data } = (await evaluation())!.column('correct');
        return codeColumn(name, Array.from(data, (correct, row) => (classes[row]! < 0 ? null : correct === 1)));
      },
      predicted_class: async (name) => classColumn(name, (await evaluation())!.int32('predicted_class').data, classNames),
    };
    const known: Readonly<Record<string, Read>> = {
      ...(graph.evaluation && evaluated),
      true_class: (name) => classColumn(name, classes, classNames),
      split: async (name) => codeColumn(name, cellsOf(await samples(), 'split')!.values),
    };
    return async (name) => known[name]?.(name) ?? metadataColumn(await samples(), name, Object.keys(known));
  }
}

function metadataColumn(table: Table, name: string, known: readonly string[]): PointColumn {
  const column = name.startsWith('metadata.') ? cellsOf(table, name) ?? cellsOf(table, name.slice('metadata.'.length)) : undefined;
  if (column === undefined) {
    const metadata = table.columns.filter((c) => !OWN.has(c.name)).map((c) => (c.name.startsWith('metadata.') ? c.name : `metadata.${c.name}`));
    throw columnUnknown(name, [...known, ...metadata]);
  }
  return column.type === 'string' || column.type === 'boolean' ? codeColumn(name, column.values) : numberColumn(name, column.values);
}

const cellsOf = (table: Table, name: string) => table.columns.find((column) => column.name === name);

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
